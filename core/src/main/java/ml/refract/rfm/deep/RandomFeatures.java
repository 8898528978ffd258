package ml.refract.rfm.deep;

import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;

/** A fixed random map from d to D coordinates. Immutable. */
final class RandomFeatures {
    /** Forms of the map. */
    enum Form {
        RELU,
        COSINE
    }

    private final Form form;
    /** d x D. */
    private final DoubleMatrix weights;

    private final double[] phases;

    private RandomFeatures(Form form, DoubleMatrix weights, double[] phases) {
        this.form = form;
        this.weights = weights;
        this.phases = phases;
    }

    static RandomFeatures draw(DeepRfmOptions options, int inputs, SplittableRandom random) {
        DoubleMatrix weights = DoubleMatrix.zeros(inputs, options.width());
        for (int j = 0; j < options.width(); j++) {
            double shared = options.features() == DeepRfmOptions.Features.COSINE ? random.nextGaussian() : 1;
            for (int s = 0; s < inputs; s++) {
                weights.set(s, j, weight(options, inputs, shared, random));
            }
        }
        boolean relu = options.features() == DeepRfmOptions.Features.RELU;
        double[] phases = new double[relu ? 0 : options.width()];
        for (int j = 0; j < phases.length; j++) {
            phases[j] = 2 * Math.PI * random.nextDouble();
        }
        return new RandomFeatures(relu ? Form.RELU : Form.COSINE, weights, phases);
    }

    private static double weight(DeepRfmOptions options, int inputs, double shared, SplittableRandom random) {
        return switch (options.features()) {
            case RELU -> (2 * random.nextDouble() - 1) / Math.sqrt(inputs);
            // A normal vector over the size of one normal number is multivariate Cauchy, the law of the Laplace kernel.
            case COSINE -> options.scale() * random.nextGaussian() / Math.abs(shared);
            case COSINE_BY_COORDINATE -> options.scale() * Math.tan(Math.PI * (random.nextDouble() - 0.5));
        };
    }

    /** Features of m rows, m x D. Cost 2 m d D flops. */
    DoubleMatrix apply(DoubleMatrix rows, Execution execution) {
        DoubleMatrix result = rows.times(weights, execution.engine().doubleKernels(), execution.workers());
        double[] values = result.values();
        double size = Math.sqrt(2.0 / weights.cols());
        for (int k = 0; k < values.length; k++) {
            values[k] = form == Form.RELU
                    ? Math.max(0, values[k])
                    : size * Math.cos(values[k] + phases[k % weights.cols()]);
        }
        return result;
    }
}
