package ml.refract.rfm.deep;

import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.machine.KernelMachine;
import ml.refract.machine.MomentOptions;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;

/**
 * A fitted deep recursive feature machine (specification of the RFM family, section 8). A layer scales its rows to unit length,
 * solves a kernel ridge system on them, multiplies them by the root of the machine's gradient moment M (divided by its largest
 * entry), and maps the result by random features to the rows of the next layer. Every layer can predict; the first is plain kernel
 * ridge regression on unit rows. Immutable and safe for concurrent use.
 */
public final class DeepRfm {
    private final double[] means;
    private final double[] deviations;
    private final List<Layer> layers;

    private DeepRfm(double[] means, double[] deviations, List<Layer> layers) {
        this.means = means;
        this.deviations = deviations;
        this.layers = List.copyOf(layers);
    }

    /** One layer: a machine on unit rows, the root of its moment, and the random map. */
    private record Layer(KernelMachine machine, DoubleMatrix root, RandomFeatures features) {
        Stage forward(DoubleMatrix rows, Execution execution) {
            DoubleMatrix unit = unit(rows);
            DoubleMatrix projected = unit.times(root, execution.engine().doubleKernels(), execution.workers());
            return new Stage(unit, projected, features.apply(projected, execution));
        }
    }

    /**
     * What rows have become in a layer.
     *
     * @param inputs rows of unit length, m x d
     * @param projected the same times M^(1/2), m x d
     * @param features of those, m x D: the rows of the next layer before they are scaled
     */
    public record Stage(DoubleMatrix inputs, DoubleMatrix projected, DoubleMatrix features) {}

    /**
     * Fits on rows X (n x d), which are standardised first, with targets Y (n x c), for classes best -1 and 1.
     *
     * <p>Cost of a layer n^3/3 + 2 n^2 c D + 12 D^3 flops; memory n^2 floats and 4 D^2 doubles. The same for any number of threads.
     *
     * @throws IllegalArgumentException when shapes do not match, there are no rows, or a gradient is zero everywhere
     * @throws ml.refract.engine.CancelledException when told to stop
     */
    public static DeepRfm fit(DoubleMatrix x, DoubleMatrix y, DeepRfmOptions options, Execution execution) {
        if (x.rows() == 0 || x.rows() != y.rows() || y.cols() == 0) {
            throw new IllegalArgumentException("There are " + x.rows() + " rows of inputs and a " + y.rows() + " x "
                    + y.cols() + " matrix of targets; both need the same number of rows, at least one");
        }
        double[] means = new double[x.cols()];
        double[] deviations = new double[x.cols()];
        standards(x, means, deviations);
        DoubleMatrix rows = standardised(x, means, deviations);
        List<Layer> layers = new ArrayList<>();
        for (int l = 0; l < options.layers(); l++) {
            execution.requireNotCancelled();
            execution.progress().report("layer " + (l + 1), (double) l / options.layers());
            Layer layer = layer(l, rows, y, options, execution.withProgress(Progress.none()));
            layers.add(layer);
            rows = layer.forward(rows, execution).features();
        }
        return new DeepRfm(means, deviations, layers);
    }

    private static Layer layer(
            int index, DoubleMatrix rows, DoubleMatrix y, DeepRfmOptions options, Execution execution) {
        RfmOptions solving = RfmOptions.reference().toBuilder()
                .ridgeRule(RidgeRule.GIVEN)
                .ridge(options.ridge())
                .build();
        Design inputs = Design.of(unit(rows));
        KernelMachine machine = Rfm.solve(inputs, y, options.kernel(), Metric.identity(), solving, execution)
                .machine();
        BlockSymmetric moment = machine.moment(inputs, MomentOptions.FULL, execution);
        double largest = moment.largestEntry();
        if (!(largest > 0)) {
            throw new IllegalArgumentException("The gradient of layer " + (index + 1)
                    + " is zero or not finite, so no metric can be learned from it");
        }
        SymmetricEigen eigen = SymmetricEigen.of(
                moment.times(1 / largest).toDense(),
                execution.engine().doubleKernels(),
                execution.workers(),
                share -> execution.requireNotCancelled());
        DoubleMatrix root = eigen.map(
                value -> Math.sqrt(Math.max(0, value)), execution.engine().doubleKernels(), execution.workers());
        RandomFeatures features =
                RandomFeatures.draw(options, rows.cols(), Seeds.stream(options.seed(), "deep features", index));
        return new Layer(machine, root, features);
    }

    private static void standards(DoubleMatrix x, double[] means, double[] deviations) {
        for (int s = 0; s < x.cols(); s++) {
            double squares = 0;
            for (int i = 0; i < x.rows(); i++) {
                means[s] += x.get(i, s) / x.rows();
            }
            for (int i = 0; i < x.rows(); i++) {
                squares += Math.pow(x.get(i, s) - means[s], 2) / x.rows();
            }
            deviations[s] = squares > 0 ? Math.sqrt(squares) : 1;
        }
    }

    private static DoubleMatrix standardised(DoubleMatrix x, double[] means, double[] deviations) {
        DoubleMatrix result = x.copy();
        for (int k = 0; k < result.values().length; k++) {
            int s = k % x.cols();
            result.values()[k] = (result.values()[k] - means[s]) / deviations[s];
        }
        return result;
    }

    /** Rows of length 1; zero rows stay. */
    private static DoubleMatrix unit(DoubleMatrix rows) {
        DoubleMatrix result = rows.copy();
        int d = rows.cols();
        for (int i = 0; i < rows.rows(); i++) {
            double squares = 0;
            for (int s = 0; s < d; s++) {
                squares += rows.get(i, s) * rows.get(i, s);
            }
            double length = squares > 0 ? Math.sqrt(squares) : 1;
            for (int s = 0; s < d; s++) {
                result.values()[i * d + s] /= length;
            }
        }
        return result;
    }

    /** Number of layers. */
    public int layers() {
        return layers.size();
    }

    /** What the given rows, m x d, become in every layer, first to last. */
    public List<Stage> stages(DoubleMatrix rows, Execution execution) {
        List<Stage> stages = new ArrayList<>();
        DoubleMatrix current = standardisedLikeTraining(rows);
        for (Layer layer : layers) {
            Stage stage = layer.forward(current, execution);
            stages.add(stage);
            current = stage.features();
        }
        return List.copyOf(stages);
    }

    /** Predictions of the last layer for rows, m x c. */
    public DoubleMatrix predict(DoubleMatrix rows, Execution execution) {
        return predict(rows, layers.size(), execution);
    }

    /**
     * Predictions of one layer for rows, m x c.
     *
     * @param layer 1 for the first
     * @throws IllegalArgumentException when there is no such layer, or rows have other columns than those fitted on
     */
    public DoubleMatrix predict(DoubleMatrix rows, int layer, Execution execution) {
        if (layer < 1 || layer > layers.size()) {
            throw new IllegalArgumentException("There are layers 1 to " + layers.size() + ", not " + layer);
        }
        DoubleMatrix current = standardisedLikeTraining(rows);
        for (Layer before : layers.subList(0, layer - 1)) {
            current = before.forward(current, execution).features();
        }
        return layers.get(layer - 1).machine().predict(Design.of(unit(current)), execution);
    }

    private DoubleMatrix standardisedLikeTraining(DoubleMatrix rows) {
        if (rows.cols() != means.length) {
            throw new IllegalArgumentException(
                    "The machine was fitted on " + means.length + " columns, these rows have " + rows.cols());
        }
        return standardised(rows, means, deviations);
    }
}
