package ml.refract.lab.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.lab.algebra.AbelianGroup;
import ml.refract.lab.algebra.PairTask;
import ml.refract.lab.algebra.Symmetry;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.rfm.exact.ExactKernel;
import ml.refract.rfm.exact.ExactMachine;
import ml.refract.rfm.exact.ExactOptions;
import ml.refract.rfm.exact.ExactRfm;
import ml.refract.rfm.exact.FeatureRule;
import ml.refract.task.Scores;

/** Data that a reflection maps to itself never teach RFM the pairs that the reflection leaves in place. */
final class SymmetryTraps implements Experiment {
    private static final ExactKernel KERNEL = ExactKernel.gaussian(2.5);
    private static final double RIDGE = 1e-8;
    private static final int PRIME = 29;
    private static final int POWER_OF_TWO = 32;
    private static final int REFLECTION = 4;
    private static final int ANOTHER = 9;
    /** Rounds after which an unhindered run has long learned all pairs of Z3 x Z7. */
    private static final int SMALL_ROUNDS = 12;
    /** A metric differs from its image by rounding alone. */
    private static final double INVARIANT = 1e-6;

    @Override
    public String id() {
        return "symmetry-traps";
    }

    @Override
    public String title() {
        return "Held-out pairs that a symmetry of the data leaves in place are never learned";
    }

    @Override
    public String source() {
        return "Breaking Data Symmetry, 2026 (arXiv 2604.00316)";
    }

    @Override
    public String description() {
        return "Addition in a group is learned from all pairs but those that one reflection (a, b) -> (b - k, a + k) leaves in place. "
                + "However few these are, not one is ever right: data and learned metric are the same after the reflection, and "
                + "the metric is I less the reflection's matrix, up to constant blocks. Moving a single further pair out of the training pairs "
                + "breaks the symmetry and the trap; moving a pair together with its image does not. From the trapped metric, half of all "
                + "pairs teach exactly those whose image is among them. A ridge of 1e-8 stands against contradicting targets at equal "
                + "features, which that metric makes. In Z32 the pairs that several reflections leave in place are a trap, too. Of Z29 one "
                + "reflection is enough: the others differ from it in the names of elements.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        LabResult.Builder result = LabResult.builder()
                .setup("kernel", "Gaussian, bandwidth 2.5")
                .setup("ridge", RIDGE)
                .setup("metric", "AGOP^1/2, centred")
                .setup("groups", "Z3 x Z7, Z32, Z29");
        small(settings, part(execution, 0, 0.3), result);
        subgroups(settings, part(execution, 0.3, 0.5), result);
        prime(settings, part(execution, 0.5, 1), result);
        return result.build();
    }

    private static Execution part(Execution execution, double from, double to) {
        return execution.withProgress(execution.progress().part(from, to));
    }

    private static ExactOptions options(int rounds) {
        return ExactOptions.of(KERNEL, FeatureRule.centredAgop(0.5))
                .withRidge(RIDGE)
                .withRounds(rounds);
    }

    /** All reflections of Z3 x Z7, and what frees. */
    private static void small(LabSettings settings, Execution execution, LabResult.Builder result) {
        AbelianGroup group = AbelianGroup.product(3, 7);
        PairTask task = PairTask.addition(group);
        int order = group.order();
        double[] trapped = new double[0];
        int learned = 0;
        for (int k = 0; k < order; k++) {
            int[] fixed = new Symmetry(group, true, k).fixedRows();
            double[] accuracy = accuracyOf(fixed, fixed, task, part(execution, 0.8 * k / order, 0.8 * (k + 1) / order));
            trapped = k == 0 ? accuracy : trapped;
            learned += Arrays.stream(accuracy).max().orElse(0) > 0 ? 1 : 0;
        }
        Symmetry reflection = new Symmetry(group, true, 0);
        int[] fixed = reflection.fixedRows();
        Execution rest = part(execution, 0.8, 1);
        SplittableRandom random = Seeds.stream(settings.seed(), "symmetry-traps", 0);
        int moved = IntStream.generate(() -> random.nextInt(order * order))
                .filter(row -> reflection.image(row) != row)
                .findFirst()
                .orElseThrow();
        double[] one = accuracyOf(with(fixed, moved), fixed, task, rest);
        double[] pair = accuracyOf(with(fixed, moved, reflection.image(moved)), fixed, task, rest);
        int[] others = Seeds.sample(order * order, order, random);
        double[] control = accuracyOf(others, others, task, rest);
        result.panel(Panel.Chart.of(
                        "Accuracy of pairs held out of Z3 x Z7",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.linear("accuracy"),
                        Curve.line("21 fixed pairs", trapped),
                        Curve.line("and one more", one),
                        Curve.line("and a pair with its image", pair),
                        Curve.line("21 at random", control)))
                .claim(Claim.near(
                        "Z3 x Z7: reflections, of 21, of which a fixed pair is ever right",
                        learned,
                        0,
                        0,
                        Claim.Basis.PAPER,
                        "test accuracy 0 for every reflection"))
                .claim(Claim.atLeast(
                        "Z3 x Z7: accuracy of as many pairs held out at random",
                        control[SMALL_ROUNDS],
                        0.95,
                        Claim.Basis.PAPER,
                        "only the symmetry stands in the way"))
                .claim(Claim.atLeast(
                        "Z3 x Z7: accuracy of the fixed pairs with one more pair held out",
                        one[SMALL_ROUNDS],
                        0.5,
                        Claim.Basis.PAPER,
                        "98 % modulo 61"))
                .claim(Claim.atMost(
                        "Z3 x Z7: accuracy of the fixed pairs with one more pair and its image held out",
                        pair[SMALL_ROUNDS],
                        0.1,
                        Claim.Basis.PAPER,
                        "symmetric pairs do not break the symmetry"));
    }

    /** Traps of several reflections at once: those of the subgroups of one rotation and one reflection. */
    private static void subgroups(LabSettings settings, Execution execution, LabResult.Builder result) {
        AbelianGroup group = AbelianGroup.product(POWER_OF_TWO);
        PairTask task = PairTask.addition(group);
        List<Curve> curves = new ArrayList<>();
        int learned = 0;
        for (int step = POWER_OF_TWO; step >= 4; step /= 2) {
            int[] fixed = fixedByMultiples(group, step);
            double done = curves.size() / 5.0;
            double[] accuracy = accuracyOf(fixed, fixed, task, part(execution, done, done + 0.2));
            curves.add(Curve.line(fixed.length + " pairs", accuracy));
            learned += Arrays.stream(accuracy).max().orElse(0) > 0 ? 1 : 0;
        }
        int[] others = Seeds.sample(
                task.pairs().size(),
                fixedByMultiples(group, 4).length,
                Seeds.stream(settings.seed(), "symmetry-traps subgroups", 0));
        double[] control = accuracyOf(others, others, task, part(execution, 0.8, 1));
        curves.add(Curve.line(others.length + " at random", control));
        result.panel(Panel.Chart.of(
                        "Accuracy of pairs of Z32 fixed by 1, 2, 4, 8 reflections",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.linear("accuracy"),
                        curves.toArray(Curve[]::new)))
                .claim(Claim.near(
                        "Z32: subgroups, of 4 with 1, 2, 4 and 8 reflections, of which a fixed pair is ever right",
                        learned,
                        0,
                        0,
                        Claim.Basis.PAPER,
                        "held-out fixed points of <s>, <r^16, s>, <r^8, s>, <r^4, s> are never learned modulo 32"))
                .claim(Claim.atLeast(
                        "Z32: accuracy of as many pairs held out at random as 8 reflections fix",
                        control[SMALL_ROUNDS],
                        0.95,
                        Claim.Basis.PAPER,
                        "only the symmetry stands in the way"));
    }

    /** Pairs that one of the reflections (b - k, a + k) leaves in place, k = 0, step, 2 step, .... */
    private static int[] fixedByMultiples(AbelianGroup group, int step) {
        return IntStream.iterate(0, k -> k < group.order(), k -> k + step)
                .flatMap(k -> Arrays.stream(new Symmetry(group, true, k).fixedRows()))
                .sorted()
                .toArray();
    }

    private static int[] with(int[] rows, int... more) {
        TreeSet<Integer> all = new TreeSet<>();
        IntStream.concat(Arrays.stream(rows), Arrays.stream(more)).forEach(all::add);
        return all.stream().mapToInt(row -> row).toArray();
    }

    private static double[] accuracyOf(int[] held, int[] scored, PairTask task, Execution execution) {
        PairTask.Split split = new PairTask.Split(task.split(held).test(), scored);
        return PairRun.of(task, split, options(SMALL_ROUNDS), machine -> 0, execution)
                .accuracy();
    }

    /** One trap of Z29: its metric, its symmetries, and what is learned from it. */
    private static void prime(LabSettings settings, Execution execution, LabResult.Builder result) {
        AbelianGroup group = AbelianGroup.product(PRIME);
        PairTask task = PairTask.addition(group);
        Symmetry reflection = new Symmetry(group, true, REFLECTION);
        int[] fixed = reflection.fixedRows();
        PairTask.Split trap = new PairTask.Split(task.split(fixed).test(), fixed);
        PairRun run = PairRun.of(task, trap, options(settings.pick(30, 60)), machine -> 0, part(execution, 0, 0.4));
        ExactMachine machine = run.fit().machine();
        DoubleMatrix metric = machine.metric();
        List<Symmetry> all = Symmetry.all(group);
        double[] deviations =
                all.stream().mapToDouble(symmetry -> symmetry.deviation(metric)).toArray();
        int[] predicted = Scores.argmax(machine.predict(task.inputs(everything(task)), execution), PRIME);
        Orbits orbits = new Orbits(task, reflection, metric, execution);
        for (int s = 0; s < settings.pick(5, 10); s++) {
            orbits.learn(task.split(0.5, Seeds.stream(settings.seed(), "symmetry-traps orbit", s)), options(10));
        }
        int[] otherFixed = new Symmetry(group, true, ANOTHER).fixedRows();
        PairTask.Split otherTrap = new PairTask.Split(task.split(otherFixed).test(), otherFixed);
        result.panel(Panel.Chart.of(
                        "Z29: how far the trapped metric is from its image",
                        Panel.Axis.linear("k"),
                        Panel.Axis.linear("||P M P' - M|| / ||M||"),
                        Curve.dots("rotations (a + k, b - k)", counting(), Arrays.copyOf(deviations, PRIME)),
                        Curve.dots(
                                "reflections (b - k, a + k)",
                                counting(),
                                Arrays.copyOfRange(deviations, PRIME, 2 * PRIME))))
                .panel(new Panel.HeatMap("Z29: the trapped metric", metric))
                .panel(new Panel.HeatMap(
                        "From it, half of all pairs (white) teach some (blue), not others (red)", orbits.picture))
                .claim(Claim.near(
                        "Z29: fixed pairs that are ever right, as a share",
                        Arrays.stream(run.accuracy()).max().orElseThrow(),
                        0,
                        0,
                        Claim.Basis.PAPER,
                        "test accuracy 0 at 97 % of all pairs to learn from"))
                .claim(Claim.atLeast(
                        "Z29: R^2 of the trapped metric as a combination of I, the reflection's matrix, and constant blocks",
                        explained(metric, reflection),
                        0.999,
                        Claim.Basis.PAPER,
                        "the metric lies in the span of the representation of the subgroup"))
                .claim(Claim.near(
                        "Z29: maps, of 58, that leave the trapped metric as it is",
                        Arrays.stream(deviations)
                                .filter(deviation -> deviation < INVARIANT)
                                .count(),
                        2,
                        0,
                        Claim.Basis.PAPER,
                        "identity and reflection"))
                .claim(Claim.near(
                        "Z29: maps, of 58, that leave all predicted classes as they are",
                        all.stream()
                                .filter(symmetry -> leaves(symmetry, predicted))
                                .count(),
                        2,
                        0,
                        Claim.Basis.PAPER,
                        "identity and reflection"))
                .claim(Claim.near(
                        "Z29, solved once under the trapped metric: pairs, over all seeds, that are right though their image was not "
                                + "learned from, or wrong though it was",
                        orbits.strayFirst,
                        0,
                        0,
                        Claim.Basis.PAPER,
                        "right are exactly the images of training pairs"))
                .claim(Claim.atMost(
                        "Z29, over ten more updates: the same, as a share",
                        (double) orbits.stray / orbits.all,
                        0.01,
                        Claim.Basis.PAPER,
                        "right are exactly the images of training pairs; features move a little meanwhile"))
                .claim(Claim.atLeast(
                        "Z29: accuracy of the fixed pairs of another reflection, learned from the trapped metric",
                        PairRun.of(task, otherTrap, options(0), metric, some -> 0, execution)
                                .accuracy()[0],
                        0.99,
                        Claim.Basis.PAPER,
                        "100 %: another symmetry frees"));
    }

    private static double[] counting() {
        return IntStream.range(0, PRIME).asDoubleStream().toArray();
    }

    private static int[] everything(PairTask task) {
        return IntStream.range(0, task.pairs().size()).toArray();
    }

    private static boolean leaves(Symmetry symmetry, int[] predicted) {
        return IntStream.range(0, predicted.length).allMatch(row -> predicted[symmetry.image(row)] == predicted[row]);
    }

    /** The share of the variance of the entries of a metric that a least-squares fit explains. */
    private static double explained(DoubleMatrix metric, Symmetry reflection) {
        int n = metric.rows();
        int v = n / 2;
        DoubleMatrix terms = DoubleMatrix.zeros(n * n, 4);
        DoubleMatrix matrix = reflection.matrix();
        double mean = Arrays.stream(metric.values()).average().orElseThrow();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                terms.set(i * n + j, 0, i == j ? 1 : 0);
                terms.set(i * n + j, 1, matrix.get(i, j));
                terms.set(i * n + j, i / v == j / v ? 2 : 3, 1);
            }
        }
        DoubleMatrix target = DoubleMatrix.column(metric.values());
        DoubleMatrix fitted = terms.times(
                DoubleCholesky.of(terms.transpose().times(terms), 0, DoubleKernels.plain(), ParallelFor.serial())
                        .orElseThrow()
                        .solve(terms.transpose().times(target)));
        double unexplained = 0;
        double total = 0;
        for (int k = 0; k < n * n; k++) {
            unexplained += Math.pow(metric.values()[k] - fitted.values()[k], 2);
            total += Math.pow(metric.values()[k] - mean, 2);
        }
        return 1 - unexplained / total;
    }

    /** What is learned from half of all pairs, starting at a trapped metric. */
    private static final class Orbits {
        private final PairTask task;
        private final Symmetry reflection;
        private final DoubleMatrix metric;
        private final Execution execution;
        private final DoubleMatrix picture = DoubleMatrix.zeros(PRIME, PRIME);
        private int strayFirst;
        private int stray;
        private int all;

        Orbits(PairTask task, Symmetry reflection, DoubleMatrix metric, Execution execution) {
            this.task = task;
            this.reflection = reflection;
            this.metric = metric;
            this.execution = execution;
        }

        void learn(PairTask.Split split, ExactOptions options) {
            boolean[] known = new boolean[task.pairs().size()];
            for (int row : split.train()) {
                known[row] = true;
            }
            DoubleMatrix held = task.inputs(split.test());
            ExactRfm.fitFrom(
                    metric,
                    task.inputs(split.train()),
                    task.targets(split.train()),
                    options,
                    round -> {
                        boolean[] right = task.correct(round.machine().predict(held, execution), split.test());
                        for (int i = 0; i < right.length; i++) {
                            boolean reached = known[reflection.image(split.test()[i])];
                            boolean strays = right[i] != reached;
                            strayFirst += strays && round.index() == 0 ? 1 : 0;
                            stray += strays ? 1 : 0;
                            all++;
                            picture.values()[split.test()[i]] = right[i] ? 1 : -1;
                        }
                    },
                    part(execution, 0.5, 0.5));
            for (int row : split.train()) {
                picture.values()[row] = 0;
            }
        }
    }
}
