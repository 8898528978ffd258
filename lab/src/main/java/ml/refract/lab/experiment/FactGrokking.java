package ml.refract.lab.experiment;

import java.util.function.ToDoubleFunction;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.lab.algebra.FeatureStructure;
import ml.refract.lab.algebra.PairTask;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.FactUpdate;
import ml.refract.rfm.exact.ExactKernel;
import ml.refract.rfm.exact.ExactMachine;
import ml.refract.rfm.exact.ExactOptions;
import ml.refract.rfm.exact.FeatureRule;
import ml.refract.rfm.exact.MetricScale;

/** FACT instead of the gradient moment learns modular addition as well, and ends at its own fixed point. */
final class FactGrokking implements Experiment {
    private static final int ROUNDS = 60;
    private static final int PLAIN_LEARNED = 20;

    @Override
    public String id() {
        return "fact-grokking";
    }

    @Override
    public String title() {
        return "FACT learns modular addition and ends where the metric is its own FACT";
    }

    @Override
    public String source() {
        return "Boix-Adsera, Mallinar, Simon and Belkin, 2025 (arXiv 2507.05644)";
    }

    @Override
    public String description() {
        return "The metric is made of FACT, which the weights of a network with weight decay equal at a minimum, instead of the "
                + "gradient moment: as (FF')^1/2 with its trace kept, or as (F M^2 F')^1/4, whose scale settles by itself. Both come "
                + "to know the pairs held out, with block circulant features. The second runs into a metric M that is its own FACT, "
                + "as the weights of a trained network are.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int p = settings.pick(31, 61);
        double share = settings.pick(0.7, 0.5);
        int learned = settings.pick(36, 50);
        PairTask task = PairTask.modulo(p, PairTask.Operation.ADD);
        PairTask.Split split = task.split(share, Seeds.stream(settings.seed(), "fact-grokking", 0));
        ExactOptions options = ExactOptions.of(ExactKernel.quadratic(), FeatureRule.agop(0.5));
        ToDoubleFunction<ExactMachine> residual = machine -> residual(machine, execution);
        PairRun agop = PairRun.of(task, split, options.withRounds(30), machine -> 0, part(execution, 0, 0.2));
        PairRun plain = PairRun.of(
                task,
                split,
                options.withRule(FeatureRule.fact(FactUpdate.PLAIN))
                        .withScale(MetricScale.TRACE)
                        .withRounds(30),
                machine -> 0,
                part(execution, 0.2, 0.5));
        PairRun geometric = PairRun.of(
                task,
                split,
                options.withRule(FeatureRule.fact(FactUpdate.GEOMETRIC)).withRounds(ROUNDS),
                residual,
                part(execution, 0.5, 1));
        DoubleMatrix metric = geometric.fit().machine().metric();
        return LabResult.builder()
                .setup("p", p)
                .setup("share of pairs to learn from", share)
                .setup("kernel", "(x'Mz)^2, no ridge")
                .panel(Panel.Chart.of(
                        "Accuracy of pairs held out",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.linear("accuracy"),
                        Curve.line("AGOP^1/2", agop.accuracy()),
                        Curve.line("(FF')^1/2", plain.accuracy()),
                        Curve.line("(F M^2 F')^1/4", geometric.accuracy())))
                .panel(Panel.Chart.of(
                        "Distance of M from its own FACT, (F M^2 F')^1/4",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.log("||F - M|| / ||M||"),
                        Curve.line("relative distance", geometric.structure())))
                .panel(new Panel.HeatMap(
                        "Block of M between both numbers, (FF')^1/2",
                        PairRun.between(plain.fit().machine().metric())))
                .panel(new Panel.HeatMap("The same, (F M^2 F')^1/4", PairRun.between(metric)))
                .claim(Claim.atLeast(
                        "(F M^2 F')^1/4: accuracy after " + learned + " updates",
                        geometric.accuracy()[learned],
                        0.95,
                        Claim.Basis.PAPER,
                        "100 % within 75 iterations modulo 61"))
                .claim(Claim.atLeast(
                        "(FF')^1/2: largest accuracy within " + settings.pick(PLAIN_LEARNED, 30) + " updates",
                        largest(plain.accuracy(), settings.pick(PLAIN_LEARNED, 30)),
                        0.9,
                        Claim.Basis.PAPER,
                        "100 % within 75 iterations modulo 61"))
                .claim(Claim.atMost(
                        "||F - M|| / ||M|| after " + ROUNDS + " updates of (F M^2 F')^1/4",
                        geometric.structure()[ROUNDS],
                        0.05,
                        Claim.Basis.IDENTITY,
                        "a fixed point of the update is a fixed point M = F of the theorem"))
                .claim(Claim.atMost(
                        "(F M^2 F')^1/4: circulant deviation of the block between both numbers",
                        PairRun.deviation(metric, FeatureStructure.Lines.DIAGONALS),
                        0.05,
                        Claim.Basis.PAPER,
                        "features are block circulant, as with AGOP"))
                .build();
    }

    private static Execution part(Execution execution, double from, double to) {
        return execution.withProgress(execution.progress().part(from, to));
    }

    private static double largest(double[] accuracy, int rounds) {
        double largest = 0;
        for (int t = 0; t <= rounds; t++) {
            largest = Math.max(largest, accuracy[t]);
        }
        return largest;
    }

    private static double residual(ExactMachine machine, Execution execution) {
        double[] fact = machine.fact(execution).values();
        double[] metric = machine.metric().values();
        double difference = 0;
        double size = 0;
        for (int k = 0; k < fact.length; k++) {
            difference += (fact[k] - metric[k]) * (fact[k] - metric[k]);
            size += metric[k] * metric[k];
        }
        return Math.sqrt(difference / size);
    }
}
