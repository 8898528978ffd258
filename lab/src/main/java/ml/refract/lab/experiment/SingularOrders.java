package ml.refract.lab.experiment;

import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.kernel.DepthLimit;
import ml.refract.kernel.DualActivation;
import ml.refract.kernel.InfiniteNetwork;
import ml.refract.kernel.InfiniteNetwork.Form;
import ml.refract.kernel.SignedLog;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.wide.DeepClassifier;
import ml.refract.wide.HilbertSmoother;
import ml.refract.wide.Interpolator;

/** What wide networks decide by as they get deep: a singular kernel whose order the activation sets, the nearest row, or a vote. */
final class SingularOrders implements Experiment {
    private static final DualActivation SEVENTH = DualActivation.polynomial(0, 0.5, 0, 0, 0, 0, 0, 0.5);
    private static final DualActivation CUBIC = DualActivation.polynomial(0, 0.5, 0, 0.5);
    private static final DualActivation QUARTIC_ORDER = DualActivation.polynomial(0, 0.25, 0.5, 0.25);
    private static final DualActivation EIGHTH_ORDER = DualActivation.polynomial(0, 1 / 16.0, 7 / 8.0, 1 / 16.0);

    private static final double BAYES_ERROR = 0.24;
    /** 2 E eta (1 - eta) for this problem, computed from the two densities (theory of the lab, P28). */
    private static final double NEAREST_ERROR = 0.3226048865;

    @Override
    public String id() {
        return "singular-orders";
    }

    @Override
    public String title() {
        return "Deep wide networks classify by a singular kernel, the nearest row, or a vote";
    }

    @Override
    public String source() {
        return "Radhakrishnan, Belkin and Uhler, PNAS 2023 (arXiv 2204.14126), data of the authors' program";
    }

    @Override
    public String description() {
        return "The kernel of a network of infinite width tends, as the network gets deep, to a power of the distance that "
                + "follows from two slopes of its dual activation; where the power is the dimension of the data, the classifier is "
                + "Bayes-optimal in the limit of many rows. Other activations end in the nearest row or in a vote. Rows are "
                + "drawn from two Dirichlet distributions, the first with share 0.4, and scaled to length 1.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int n = settings.pick(400, 1_500);
        LabResult.Builder result = LabResult.builder().setup("training rows", n).setup("depth", "100 layers");
        orders(result);
        execution.progress().report("circle", 0.1);
        circle(n, settings, execution, result);
        execution.progress().report("sphere", 0.5);
        sphere(n, settings, execution, result);
        execution.progress().report("majority", 0.95);
        majority(result);
        return result.build();
    }

    /** The formula against published pairs of activation and dimension, and against the kernels themselves. */
    private static void orders(LabResult.Builder result) {
        DualActivation[] published = {
            SEVENTH, CUBIC, QUARTIC_ORDER, EIGHTH_ORDER, DualActivation.sine(6.13539), DualActivation.sine(13.8258)
        };
        double[] dimensions = {1, 2, 4, 8, 4, 8};
        double worst = 0;
        for (int k = 0; k < published.length; k++) {
            worst = Math.max(worst, Math.abs(DepthLimit.of(published[k]).order() - dimensions[k]));
        }
        result.claim(Claim.atMost(
                "largest distance of an order from the dimension it was published for, over six activations",
                worst,
                1e-4,
                Claim.Basis.CLOSED_FORM,
                "order = -2 ln psi'(0) / ln psi'(1)"));
        double[] distances = new double[61];
        double[][] logs = new double[3][distances.length];
        DualActivation[] shown = {SEVENTH, CUBIC, QUARTIC_ORDER};
        double off = 0;
        for (int k = 0; k < distances.length; k++) {
            distances[k] = Math.pow(10, -3 + k / 20.0);
        }
        for (int a = 0; a < shown.length; a++) {
            // Three decades, so that the slow oscillation about the power hardly tilts the line.
            double[] ends = {kernel(shown[a], 1e-6), kernel(shown[a], 1e-3)};
            double slope = (ends[0] - ends[1]) / (3 * Math.log(10));
            off = Math.max(off, Math.abs(slope / DepthLimit.of(shown[a]).order() - 1));
            for (int k = 0; k < distances.length; k++) {
                logs[a][k] = (kernel(shown[a], distances[k]) - kernel(shown[a], 1)) / Math.log(10);
            }
        }
        result.claim(Claim.atMost(
                "largest relative distance of the slope of a kernel of depth 400 from its order",
                off,
                0.02,
                Claim.Basis.CLOSED_FORM,
                "the kernel is a power of the distance"));
        result.panel(Panel.Chart.of(
                "Kernels of depth 400 by distance",
                Panel.Axis.log("distance"),
                Panel.Axis.linear("log10 of kernel over that at distance 1"),
                Curve.line("u^7/2 + u/2, order 1", distances, logs[0]),
                Curve.line("u^3/2 + u/2, order 2", distances, logs[1]),
                Curve.line("u^3/4 + u^2/2 + u/4, order 4", distances, logs[2])));
    }

    /** Logarithm of the kernel of two rows of length 1 at some distance. */
    private static double kernel(DualActivation activation, double distance) {
        SignedLog correlation = new SignedLog(1, Math.log1p(-distance * distance / 2));
        return new InfiniteNetwork(activation, 400, Form.NNGP)
                .ofCorrelation(correlation)
                .log();
    }

    private static void circle(int n, LabSettings settings, Execution execution, LabResult.Builder result) {
        double[][] shapes = {{1, 2}, {2, 1}};
        Rows train = Rows.draw(n, shapes, Seeds.stream(settings.seed(), "circle", 0));
        Rows test = Rows.draw(n, shapes, Seeds.stream(settings.seed(), "circle", 1));
        Rows many = Rows.draw(8 * n, shapes, Seeds.stream(settings.seed(), "circle", 2));
        Interpolator hilbert = HilbertSmoother.of(train.x, train.labels, 2, 1);
        int[] deep = deep(SEVENTH, 100, train, test, execution);
        result.claim(Claim.atLeast(
                "share of rows on the circle that the network of order 1 and the Hilbert smoother of order 1 classify alike",
                agreement(deep, hilbert.classes(test.x, execution)),
                0.995,
                Claim.Basis.IDENTITY,
                "the deep network is the smoother"));
        int[] squares = deep(DualActivation.polynomial(0, 0, 1), 30, train, test, execution);
        result.claim(Claim.near(
                "share of rows that the square activation at depth 30 classifies as the nearest row",
                agreement(squares, train.nearest(test, execution)),
                1,
                0,
                Claim.Basis.IDENTITY,
                "psi(0) = psi'(0) = 0: nearest neighbour"));
        double nearestError = 1 - agreement(train.nearest(many, execution), many.labels);
        double hilbertError = 1 - agreement(hilbert.classes(many.x, execution), many.labels);
        // Standard errors of the test rows, and half of that for the training rows, whose cells average over
        // themselves.
        double slack = 3 * Math.sqrt(0.25 / many.labels.length) + 3 * Math.sqrt(0.25 / n) / 2;
        result.claim(Claim.near(
                "error of the nearest row on the circle",
                nearestError,
                NEAREST_ERROR,
                slack,
                Claim.Basis.CLOSED_FORM,
                "2 E eta (1 - eta); the least possible is 0.24"));
        result.claim(Claim.atMost(
                "error of the smoother of order 1 on the circle",
                hilbertError,
                NEAREST_ERROR - 0.03,
                Claim.Basis.PAPER,
                "consistent: on the way from the error of the nearest row to 0.24"));
        result.panel(Panel.Chart.of(
                "Errors on the circle by order of the singular kernel",
                Panel.Axis.log("order"),
                Panel.Axis.linear("share of wrong classes"),
                errors(train, many, execution),
                Curve.dashed("least possible", new double[] {0.1, 100}, new double[] {BAYES_ERROR, BAYES_ERROR}),
                Curve.dashed("nearest row", new double[] {0.1, 100}, new double[] {NEAREST_ERROR, NEAREST_ERROR}),
                Curve.dashed("majority", new double[] {0.1, 100}, new double[] {0.4, 0.4})));
    }

    private static Curve errors(Rows train, Rows test, Execution execution) {
        double[] orders = {0.1, 0.2, 0.5, 0.7, 1, 1.4, 2, 4, 8, 20, 100};
        double[] errors = new double[orders.length];
        for (int k = 0; k < orders.length; k++) {
            int[] classes =
                    HilbertSmoother.of(train.x, train.labels, 2, orders[k]).classes(test.x, execution);
            errors[k] = 1 - agreement(classes, test.labels);
        }
        return Curve.line("Hilbert smoother", orders, errors);
    }

    private static void sphere(int n, LabSettings settings, Execution execution, LabResult.Builder result) {
        double[][] shapes = {{0.5, 0.5, 2.5}, {2.5, 0.5, 0.5}};
        Rows train = Rows.draw(n, shapes, Seeds.stream(settings.seed(), "sphere", 0));
        Rows test = Rows.draw(n, shapes, Seeds.stream(settings.seed(), "sphere", 1));
        int[] deep = deep(CUBIC, 100, train, test, execution);
        result.claim(Claim.atLeast(
                "share of rows on the sphere that the network of order 2 and the Hilbert smoother of order 2 classify alike",
                agreement(deep, HilbertSmoother.of(train.x, train.labels, 2, 2).classes(test.x, execution)),
                0.995,
                Claim.Basis.IDENTITY,
                "the deep network is the smoother"));
    }

    /** Tangent kernels of ReLU networks lose all but one bit of the correlation. */
    private static void majority(LabResult.Builder result) {
        double[] depths = {10, 30, 100, 300, 1_000, 5_000};
        double[] ratios = new double[depths.length];
        for (int k = 0; k < depths.length; k++) {
            InfiniteNetwork network = new InfiniteNetwork(DualActivation.relu(), (int) depths[k], Form.NTK);
            ratios[k] = network.ofCorrelation(0.5) / network.ofCorrelation(1);
        }
        result.claim(Claim.near(
                "tangent kernel of a ReLU network of depth 5000 at correlation 1/2 over that at 1",
                ratios[depths.length - 1],
                0.25,
                2e-3,
                Claim.Basis.CLOSED_FORM,
                "the limit is 1/4, so that every row has the same vote"));
        result.panel(Panel.Chart.of(
                "Tangent kernel of ReLU networks",
                Panel.Axis.log("hidden layers"),
                Panel.Axis.linear("kernel at correlation 1/2 over that at 1"),
                Curve.line("ratio", depths, ratios),
                Curve.dashed("limit", new double[] {10, 5_000}, new double[] {0.25, 0.25})));
    }

    /** Classes of test rows by a network. */
    private static int[] deep(DualActivation activation, int depth, Rows train, Rows test, Execution execution) {
        InfiniteNetwork network = new InfiniteNetwork(activation, depth, Form.NNGP);
        return DeepClassifier.fit(network, train.x, train.labels, 2, execution).classes(test.x, execution);
    }

    private static double agreement(int[] one, int[] other) {
        double same = 0;
        for (int j = 0; j < one.length; j++) {
            same += one[j] == other[j] ? 1 : 0;
        }
        return same / one.length;
    }

    /**
     * Rows of length 1.
     *
     * @param labels 0 with share 0.4
     */
    private record Rows(DoubleMatrix x, int[] labels) {
        /**
         * @param shapes of the Dirichlet distribution of each class, multiples of one half
         */
        static Rows draw(int n, double[][] shapes, SplittableRandom random) {
            int width = shapes[0].length;
            DoubleMatrix x = DoubleMatrix.zeros(n, width);
            int[] labels = new int[n];
            for (int i = 0; i < n; i++) {
                labels[i] = random.nextDouble() < 0.4 ? 0 : 1;
                double square = 0;
                for (int s = 0; s < width; s++) {
                    double value = gamma(shapes[labels[i]][s], random);
                    x.set(i, s, value);
                    square += value * value;
                }
                for (int s = 0; s < width; s++) {
                    x.set(i, s, x.get(i, s) / Math.sqrt(square));
                }
            }
            return new Rows(x, labels);
        }

        /** Half the sum of so many squared normal numbers; its share of a total does not depend on the scale. */
        private static double gamma(double shape, SplittableRandom random) {
            double sum = 0;
            for (int k = 0; k < Math.round(2 * shape); k++) {
                double g = random.nextGaussian();
                sum += g * g / 2;
            }
            return sum;
        }

        int[] nearest(Rows test, Execution execution) {
            int[] result = new int[test.labels.length];
            execution.workers().run(result.length, j -> {
                double[] row = test.x.row(j);
                double least = Double.POSITIVE_INFINITY;
                for (int i = 0; i < labels.length; i++) {
                    double distance = 0;
                    for (int s = 0; s < row.length; s++) {
                        distance += Math.pow(row[s] - x.get(i, s), 2);
                    }
                    if (distance < least) {
                        least = distance;
                        result[j] = labels[i];
                    }
                }
            });
            return result;
        }
    }
}
