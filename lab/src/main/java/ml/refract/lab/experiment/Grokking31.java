package ml.refract.lab.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
import ml.refract.rfm.exact.ExactKernel;
import ml.refract.rfm.exact.ExactMachine;
import ml.refract.rfm.exact.ExactOptions;
import ml.refract.rfm.exact.ExactRfm;
import ml.refract.rfm.exact.FeatureRule;

/** Addition modulo 31 by a quadratic RFM: accuracy jumps after rounds of silent progress. */
final class Grokking31 implements Experiment {
    private static final int P = 31;
    private static final double SHARE = 0.7;
    private static final int ROUNDS = 20;
    private static final int STILL_SILENT = 6;
    private static final int DONE = 14;
    /** Three standard errors of a share of 0.99 among the pairs held out of three seeds. */
    private static final double THREE_ERRORS = 0.01;

    @Override
    public String id() {
        return "grokking-31";
    }

    @Override
    public String title() {
        return "Addition modulo 31 is learned suddenly, by features that grow steadily";
    }

    @Override
    public String source() {
        return "Mallinar, Beaglehole, Zhu, Radhakrishnan, Pandit and Belkin, 2024 (arXiv 2407.20199), program of the authors";
    }

    @Override
    public String description() {
        return "Seventy percent of the table of addition modulo 31, as pairs of unit vectors, are learned by a quadratic kernel "
                + "machine without a ridge, whose metric is the root of its average gradient outer product. It fits its "
                + "training pairs exactly from the start and knows none of the others for seven rounds; then it knows nearly "
                + "all. Meanwhile the block of the metric between both numbers becomes circulant round by round.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int seeds = settings.pick(3, 10);
        PairTask task = PairTask.modulo(P, PairTask.Operation.ADD);
        ExactOptions options =
                ExactOptions.of(ExactKernel.quadratic(), FeatureRule.agop(0.5)).withRounds(ROUNDS);
        List<PairRun> runs = new ArrayList<>();
        for (int s = 0; s < seeds; s++) {
            Execution part = execution.withProgress(execution.progress().part((double) s / seeds, (s + 1.0) / seeds));
            PairTask.Split split = task.split(SHARE, Seeds.stream(settings.seed(), "grokking", s));
            ToDoubleFunction<ExactMachine> deviation =
                    machine -> PairRun.deviation(machine.metric(), FeatureStructure.Lines.DIAGONALS);
            runs.add(PairRun.of(task, split, options, deviation, part));
        }
        PairRun first = runs.get(0);
        PairTask.Split split = task.split(SHARE, Seeds.stream(settings.seed(), "grokking", 0));
        DoubleMatrix last = PairRun.between(first.fit().machine().metric());
        DoubleMatrix silent = between(task, split, options.withRounds(STILL_SILENT), execution);
        DoubleMatrix early = between(task, split, options.withRounds(1), execution);
        return LabResult.builder()
                .setup("pairs to learn from", split.train().length)
                .setup("pairs held out", split.test().length)
                .setup("kernel", "(x'Mz)^2, no ridge")
                .setup("metric", "AGOP^1/2")
                .setup("seeds", seeds)
                .panel(Panel.Chart.of(
                        "Accuracy of pairs held out",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.linear("accuracy"),
                        curves(runs, PairRun::accuracy)))
                .panel(Panel.Chart.of(
                        "What the block between both numbers lacks to be circulant",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.log("share of its squares"),
                        curves(runs, PairRun::structure)))
                .panel(new Panel.HeatMap("That block after " + STILL_SILENT + " updates, accuracy still 0", silent))
                .panel(new Panel.HeatMap("After " + ROUNDS + " updates", last))
                .claim(Claim.atMost(
                        "accuracy after " + STILL_SILENT + " updates, median over seeds",
                        median(runs, STILL_SILENT),
                        0.05,
                        Claim.Basis.PAPER,
                        "near zero for 8 to 10 rounds of a larger table, then a sharp rise"))
                .claim(new Claim(
                        "accuracy after " + DONE + " updates, median over seeds",
                        median(runs, DONE),
                        Claim.Relation.AT_LEAST,
                        0.99,
                        THREE_ERRORS,
                        Claim.Basis.PAPER,
                        "rises to 100 %; three standard errors of a share of some 900 pairs allowed"))
                .claim(Claim.atMost(
                        "largest rise of the circulant deviation from one round to the next, from round 2 to " + DONE
                                + ", over all seeds",
                        largestRise(runs),
                        0,
                        Claim.Basis.PAPER,
                        "a hidden measure of progress that improves steadily while accuracy stands still"))
                .claim(Claim.atMost(
                        "circulant deviation after " + ROUNDS + " updates, largest over seeds",
                        runs.stream()
                                .mapToDouble(run -> run.structure()[ROUNDS])
                                .max()
                                .orElseThrow(),
                        0.02,
                        Claim.Basis.PAPER,
                        "features are block circulant"))
                .claim(Claim.atLeast(
                        "cosine of the block after " + STILL_SILENT + " updates with that after " + ROUNDS
                                + ", less the same after 1",
                        FeatureStructure.cosine(silent, last) - FeatureStructure.cosine(early, last),
                        0.2,
                        Claim.Basis.PAPER,
                        "AGOP alignment, the other hidden measure, improves while accuracy stands still"))
                .claim(Claim.atMost(
                        "largest error at a training pair",
                        trainingError(task, split, first.fit().machine(), execution),
                        1e-9,
                        Claim.Basis.IDENTITY,
                        "without a ridge the machine interpolates"))
                .build();
    }

    private interface Values {
        double[] of(PairRun run);
    }

    private static Curve[] curves(List<PairRun> runs, Values values) {
        return runs.stream()
                .limit(3)
                .map(run -> Curve.line("seed " + runs.indexOf(run), values.of(run)))
                .toArray(Curve[]::new);
    }

    private static double median(List<PairRun> runs, int round) {
        double[] sorted =
                runs.stream().mapToDouble(run -> run.accuracy()[round]).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static double largestRise(List<PairRun> runs) {
        double rise = Double.NEGATIVE_INFINITY;
        for (PairRun run : runs) {
            for (int t = 2; t < DONE; t++) {
                rise = Math.max(rise, run.structure()[t + 1] - run.structure()[t]);
            }
        }
        return rise;
    }

    private static DoubleMatrix between(
            PairTask task, PairTask.Split split, ExactOptions options, Execution execution) {
        ExactMachine machine = ExactRfm.fit(
                        task.inputs(split.train()), task.targets(split.train()), options, round -> {}, execution)
                .machine();
        return PairRun.between(machine.metric());
    }

    private static double trainingError(
            PairTask task, PairTask.Split split, ExactMachine machine, Execution execution) {
        double[] fitted = machine.predict(task.inputs(split.train()), execution).values();
        double[] targets = task.targets(split.train()).values();
        double[] errors = new double[fitted.length];
        Arrays.setAll(errors, k -> Math.abs(fitted[k] - targets[k]));
        return Arrays.stream(errors).max().orElseThrow();
    }
}
