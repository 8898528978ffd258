package ml.refract.lab.experiment;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.lab.algebra.FeatureStructure;
import ml.refract.lab.algebra.FeatureStructure.Lines;
import ml.refract.lab.algebra.PairTask;
import ml.refract.lab.algebra.PairTask.Operation;
import ml.refract.lab.algebra.Residues;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.exact.ExactKernel;
import ml.refract.rfm.exact.ExactOptions;
import ml.refract.rfm.exact.FeatureRule;

/** Arithmetic modulo 61 in the setting of the paper: circulant features, for products in the order of discrete logarithms. */
final class Grokking61 implements Experiment {
    private static final int P = 61;
    private static final double SHARE = 0.5;
    private static final int ROUNDS = 30;
    private static final int LEARNED = 20;

    @Override
    public String id() {
        return "grokking-61";
    }

    @Override
    public String title() {
        return "Multiplication modulo 61 has circulant features in the order of discrete logarithms";
    }

    @Override
    public String source() {
        return "Mallinar, Beaglehole, Zhu, Radhakrishnan, Pandit and Belkin, 2024 (arXiv 2407.20199), program of the authors";
    }

    @Override
    public String description() {
        return "Half of all pairs of numbers modulo 61 are learned, by addition and by multiplication (all four operations in full "
                + "runs), with a quadratic kernel machine without a ridge and centred gradients, as in the authors' program. Within "
                + "20 rounds the other half is known. For addition the block of the metric between both numbers is circulant; for "
                + "multiplication it looks like noise until its rows and columns are put in the order g^0, g^1, ... of a "
                + "generator g, which turns products into sums.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        List<Operation> operations =
                settings.pick(List.of(Operation.ADD, Operation.MULTIPLY), List.of(Operation.values()));
        Map<Operation, PairRun> runs = new EnumMap<>(Operation.class);
        for (Operation operation : operations) {
            double done = (double) runs.size() / operations.size();
            Execution part = execution.withProgress(execution.progress().part(done, done + 1.0 / operations.size()));
            runs.put(operation, run(operation, settings, ExactKernel.quadratic(), part));
        }
        DoubleMatrix product =
                PairRun.between(run(runs, Operation.MULTIPLY).fit().machine().metric());
        LabResult.Builder result = LabResult.builder()
                .setup("share of pairs to learn from", SHARE)
                .setup("kernel", "(x'Mz)^2, no ridge")
                .setup("metric", "AGOP^1/2, centred")
                .setup("rounds", ROUNDS)
                .panel(Panel.Chart.of(
                        "Accuracy of pairs held out",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.linear("accuracy"),
                        runs.entrySet().stream()
                                .map(run -> Curve.line(
                                        name(run.getKey()), run.getValue().accuracy()))
                                .toArray(Curve[]::new)))
                .panel(Panel.Chart.of(
                        "What the block lacks to be circulant, reordered",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.log("share of its squares"),
                        runs.entrySet().stream()
                                .map(run -> Curve.line(
                                        name(run.getKey()), run.getValue().structure()))
                                .toArray(Curve[]::new)))
                .panel(new Panel.HeatMap("Multiplication: block between both numbers, 1 to 60", rest(product)))
                .panel(new Panel.HeatMap(
                        "The same, rows and columns in the order of logarithms",
                        FeatureStructure.reordered(product, Residues.byLogarithm(P))));
        for (Operation operation : operations) {
            claims(operation, run(runs, operation), result);
        }
        diagonalBlock(run(runs, Operation.ADD).fit().machine().metric(), result);
        if (settings.size() == LabSettings.Size.FULL) {
            gaussian(settings, execution, result);
        }
        return result.build();
    }

    private static PairRun run(Operation operation, LabSettings settings, ExactKernel kernel, Execution execution) {
        PairTask task = PairTask.modulo(P, operation);
        PairTask.Split split = task.split(SHARE, Seeds.stream(settings.seed(), "grokking-61 " + operation, 0));
        ExactOptions options =
                ExactOptions.of(kernel, FeatureRule.centredAgop(0.5)).withRounds(ROUNDS);
        return PairRun.of(task, split, options, machine -> inOrder(operation, machine.metric()), execution);
    }

    private static PairRun run(Map<Operation, PairRun> runs, Operation operation) {
        return Objects.requireNonNull(runs.get(operation));
    }

    private static String name(Operation operation) {
        return operation.name().toLowerCase(Locale.ROOT);
    }

    private static boolean isAdditive(Operation operation) {
        return operation == Operation.ADD || operation == Operation.SUBTRACT;
    }

    private static Lines lines(Operation operation) {
        return operation == Operation.ADD || operation == Operation.MULTIPLY ? Lines.DIAGONALS : Lines.ANTIDIAGONALS;
    }

    /** The deviation as it is for sums and differences, in the order of logarithms for products and quotients. */
    private static double inOrder(Operation operation, DoubleMatrix metric) {
        DoubleMatrix block = PairRun.between(metric);
        DoubleMatrix ordered =
                isAdditive(operation) ? block : FeatureStructure.reordered(block, Residues.byLogarithm(P));
        return FeatureStructure.deviation(ordered, lines(operation));
    }

    /** Without row and column 0, which tell nothing of a product. */
    private static DoubleMatrix rest(DoubleMatrix block) {
        return FeatureStructure.block(block, 1, 1, block.rows() - 1);
    }

    private static void claims(Operation operation, PairRun run, LabResult.Builder result) {
        result.claim(Claim.atLeast(
                name(operation) + ": accuracy after " + LEARNED + " updates",
                run.accuracy()[LEARNED],
                isAdditive(operation) ? 0.99 : 0.97,
                Claim.Basis.PAPER,
                "rises to 100 %"));
        if (isAdditive(operation)) {
            result.claim(Claim.atMost(
                    name(operation) + ": circulant deviation",
                    run.structure()[ROUNDS],
                    0.03,
                    Claim.Basis.PAPER,
                    "features are block circulant, along antidiagonals for differences"));
        } else {
            result.claim(Claim.atLeast(
                            name(operation) + ": circulant deviation of the block as it is",
                            FeatureStructure.deviation(
                                    rest(PairRun.between(run.fit().machine().metric())), lines(operation)),
                            0.9,
                            Claim.Basis.PAPER,
                            "no structure is visible"))
                    .claim(Claim.atMost(
                            name(operation) + ": the same in the order of discrete logarithms",
                            run.structure()[ROUNDS],
                            0.03,
                            Claim.Basis.PAPER,
                            "block circulant after reordering by the logarithm of a generator"));
        }
    }

    private static void diagonalBlock(DoubleMatrix metric, LabResult.Builder result) {
        FeatureStructure.IdentityAndOnes fit =
                FeatureStructure.IdentityAndOnes.of(FeatureStructure.block(metric, 0, 0, P));
        result.claim(Claim.near(
                "addition: c2/c1 of the diagonal block c1 I + c2 11' of the metric",
                fit.ones() / fit.identity(),
                -1.0 / P,
                1e-3,
                Claim.Basis.PAPER,
                "A = I - 11'/p up to scale"));
    }

    private static void gaussian(LabSettings settings, Execution execution, LabResult.Builder result) {
        PairRun run = run(Operation.ADD, settings, ExactKernel.gaussian(2.5), execution);
        result.claim(Claim.atLeast(
                "add with a Gaussian kernel of bandwidth 2.5: accuracy after " + ROUNDS + " updates",
                run.accuracy()[ROUNDS],
                0.99,
                Claim.Basis.PAPER,
                "rises to 100 % with this kernel too"));
    }
}
