package ml.refract.concept;

import java.util.Arrays;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;

/**
 * Extractors that are linear models (specification of the concept probe, section 1.5). Each direction is a combination of the
 * training rows, X' b, so all work is on S = X X' (n x n), whatever the number of columns.
 */
final class LinearExtractors {
    private static final double[] COSTS = {1000, 100, 10, 1, 0.1, 0.01};
    private static final double[] RIDGES = {1e-4, 1e-3, 1e-2, 0.1, 1, 10};
    /** Shares of the mean variance of a column. */
    private static final double[] SHRINKAGES = {0.01, 0.1, 1, 10, 100};

    private LinearExtractors() {}

    /** Mean of the rows with the concept less mean of those without. */
    static void meanDifference(Sample sample, boolean unitRows, Extractor.Proposals proposals) {
        proposals.accept(
                ProbeTrial.penalised(unitRows, Double.NaN), Directions.OfRows.along(meanDifference(sample), sample));
    }

    private static double[] meanDifference(Sample sample) {
        int[] labels = sample.targets().labels();
        double[] counts = new double[2];
        for (int label : labels) {
            counts[label]++;
        }
        double[] b = new double[labels.length];
        for (int i = 0; i < b.length; i++) {
            b[i] = labels[i] == 1 ? 1 / counts[1] : -1 / counts[0];
        }
        return b;
    }

    /**
     * Eigenvectors of the mean outer product of differences between rows with the concept and rows without. It is not centred:
     * the mean difference is what all pairs have in common. Rows are paired at random, as many as there are of both kinds.
     */
    static void principalDifferences(
            Sample sample, boolean unitRows, int components, long seed, Extractor.Proposals proposals) {
        int[] labels = sample.targets().labels();
        int[] present = rows(labels, 1, seed);
        int[] absent = rows(labels, 0, seed);
        int pairs = Math.min(present.length, absent.length);
        DoubleMatrix differences = DoubleMatrix.zeros(pairs, labels.length);
        for (int k = 0; k < pairs; k++) {
            differences.set(k, present[k], 1);
            differences.set(k, absent[k], -1);
        }
        DoubleMatrix inner = sample.times(sample.times(differences, sample.gram()), differences.transpose());
        SymmetricEigen eigen = SymmetricEigen.of(inner, sample.kernels(), sample.parallel(), share -> {});
        int rank = 0;
        while (rank < Math.min(components, pairs)
                && eigen.value(rank) > GradientForm.LEAST_SHARE * Math.max(0, eigen.value(0))) {
            rank++;
        }
        double[] values = new double[rank];
        DoubleMatrix unit = DoubleMatrix.zeros(rank, pairs);
        for (int k = 0; k < rank; k++) {
            values[k] = eigen.value(k) / pairs;
            for (int i = 0; i < pairs; i++) {
                unit.set(k, i, eigen.vectors().get(k, i) / Math.sqrt(eigen.value(k)));
            }
        }
        proposals.accept(
                ProbeTrial.penalised(unitRows, Double.NaN), new Directions.OfRows(unit.times(differences), values));
    }

    private static int[] rows(int[] labels, int label, long seed) {
        int[] order = Seeds.permutation(labels.length, Seeds.stream(seed, "pairs", label));
        return Arrays.stream(order).filter(i -> labels[i] == label).toArray();
    }

    /** Logistic regressions with a penalised intercept. */
    static void logistic(Sample sample, boolean unitRows, Extractor.Proposals proposals) {
        DoubleMatrix gram = sample.gram().copy();
        for (int k = 0; k < gram.values().length; k++) {
            gram.values()[k] += 1;
        }
        for (int k = 0; k < COSTS.length; k++) {
            proposals.progress((double) k / COSTS.length);
            double[] b = LogisticRegression.fit(
                    gram, sample.targets().matrix().values(), COSTS[k], sample.kernels(), sample.parallel());
            proposals.accept(ProbeTrial.penalised(unitRows, COSTS[k]), Directions.OfRows.along(b, sample));
        }
    }

    /**
     * Ridge regressions on centred targets: b = (S + ridge I)^-1 (y - mean), for all ridges from the eigenvectors of S. Those of
     * eigenvalue zero, which X' would cancel, are left out.
     */
    static void ridge(Sample sample, boolean unitRows, Extractor.Proposals proposals) {
        DoubleMatrix y = sample.targets().matrix();
        if (y.cols() > 1) {
            throw new IllegalArgumentException(
                    "A ridge regression gives one direction for one column of targets, got " + y.cols());
        }
        int n = y.rows();
        double mean = Arrays.stream(y.values()).average().orElse(0);
        double[] centred = Arrays.stream(y.values()).map(value -> value - mean).toArray();
        SymmetricEigen eigen = SymmetricEigen.of(sample.gram(), sample.kernels(), sample.parallel(), share -> {});
        double[] rotated = eigen.vectors().times(DoubleMatrix.column(centred)).values();
        for (double ridge : RIDGES) {
            DoubleMatrix shrunk = DoubleMatrix.zeros(1, n);
            for (int k = 0; k < n && eigen.value(k) > n * Math.ulp(1.0) * eigen.value(0); k++) {
                shrunk.set(0, k, rotated[k] / (eigen.value(k) + ridge));
            }
            double[] b = shrunk.times(eigen.vectors()).values();
            proposals.accept(ProbeTrial.penalised(unitRows, ridge), Directions.OfRows.along(b, sample));
        }
    }

    /**
     * Discriminants (Sigma + rho I)^-1 (mean difference) with the covariance Sigma inside the two kinds of rows and rho a
     * multiple of its mean diagonal entry. With rows less the means of their kinds, H X, Sigma = X'H'HX / n, and the identity of
     * Woodbury gives b = (b0 - H'(n rho I + H S H')^-1 H S b0) / rho.
     */
    static void discriminant(Sample sample, boolean unitRows, Extractor.Proposals proposals) {
        int[] labels = sample.targets().labels();
        DoubleMatrix within = withinKinds(sample.gram(), labels);
        DoubleMatrix both = withinKinds(within.transpose(), labels);
        int n = labels.length;
        double variance = 0;
        for (int i = 0; i < n; i++) {
            variance += both.get(i, i) / n / sample.train().cols();
        }
        double[] start = meanDifference(sample);
        DoubleMatrix side = within.times(DoubleMatrix.column(start));
        for (int k = 0; k < SHRINKAGES.length; k++) {
            proposals.progress((double) k / SHRINKAGES.length);
            double rho = SHRINKAGES[k] * variance;
            double[] b = start;
            if (rho > 0) {
                DoubleMatrix solved = factor(both, n * rho, sample).solve(side);
                double[] taken = withinKinds(solved, labels).values();
                b = new double[n];
                for (int i = 0; i < n; i++) {
                    b[i] = start[i] - taken[i];
                }
            }
            proposals.accept(ProbeTrial.penalised(unitRows, SHRINKAGES[k]), Directions.OfRows.along(b, sample));
        }
    }

    /** H A: rows of A less the mean of the rows of their kind. */
    private static DoubleMatrix withinKinds(DoubleMatrix a, int[] labels) {
        int cols = a.cols();
        double[][] means = new double[2][cols];
        double[] counts = new double[2];
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]]++;
            for (int j = 0; j < cols; j++) {
                means[labels[i]][j] += a.get(i, j);
            }
        }
        DoubleMatrix result = a.copy();
        for (int i = 0; i < labels.length; i++) {
            for (int j = 0; j < cols; j++) {
                result.values()[i * cols + j] -= means[labels[i]][j] / counts[labels[i]];
            }
        }
        return result;
    }

    private static DoubleCholesky factor(DoubleMatrix gram, double shift, Sample sample) {
        return DoubleCholesky.of(gram, shift, sample.kernels(), sample.parallel())
                .orElseThrow(() -> new ArithmeticException("inner products of rows are not positive semidefinite"));
    }
}
