package ml.refract.rfm.image;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;

/**
 * A metric on patches: a symmetric positive semidefinite matrix over the numbers of a patch, channel by channel and row by row.
 * What it weighs shows in its leading eigenvectors, which are filters. Immutable.
 *
 * @param patches where patches lie
 * @param channels of the images
 * @param matrix M, of Frobenius norm 1 when learned
 */
public record PatchMetric(Patches patches, int channels, DoubleMatrix matrix) {
    /** The plain metric for patches of some images. */
    static PatchMetric identity(Patches patches, Images images) {
        return new PatchMetric(patches, images.channels(), DoubleMatrix.identity(patches.length(images)));
    }

    private SymmetricEigen eigen() {
        return SymmetricEigen.of(matrix);
    }

    /** M^(1/2), symmetric; negative eigenvalues, which only rounding makes, count as 0. */
    public DoubleMatrix root() {
        return eigen().map(value -> Math.sqrt(Math.max(0, value)));
    }

    /** The k-th eigenvector, largest eigenvalue first, as a patch of one row per channel and row: (channels height) x width. */
    public DoubleMatrix filter(int k) {
        return DoubleMatrix.of(channels * patches.height(), patches.width(), eigen().vector(k));
    }

    /** Share of the trace that lies along a patch, w' M w / (w' w tr M): 1 / length without preference. */
    public double energyAlong(double[] patch) {
        double along = 0;
        double square = 0;
        double trace = 0;
        for (int s = 0; s < patch.length; s++) {
            for (int t = 0; t < patch.length; t++) {
                along += patch[s] * matrix.get(s, t) * patch[t];
            }
            square += patch[s] * patch[s];
            trace += matrix.get(s, s);
        }
        return along / (square * trace);
    }

    /**
     * The size of every patch of one image under the metric, ||x[u]||_M, where its patches lie: edges light up where the metric
     * has learned to look for them.
     */
    public DoubleMatrix sizes(Images images, int image) {
        Images one = images.select(new int[] {image});
        DoubleMatrix rows = patches.of(one);
        DoubleMatrix mapped = rows.times(matrix);
        DoubleMatrix result = DoubleMatrix.zeros(patches.down(one), patches.across(one));
        for (int u = 0; u < rows.rows(); u++) {
            double square = 0;
            for (int s = 0; s < rows.cols(); s++) {
                square += rows.get(u, s) * mapped.get(u, s);
            }
            result.values()[u] = Math.sqrt(Math.max(0, square));
        }
        return result;
    }

    /** What a filter of the metric answers at every patch of one image. */
    public DoubleMatrix response(Images images, int image, int k) {
        Images one = images.select(new int[] {image});
        DoubleMatrix answers = patches.of(one).times(DoubleMatrix.column(eigen().vector(k)));
        return DoubleMatrix.of(patches.down(one), patches.across(one), answers.values());
    }
}
