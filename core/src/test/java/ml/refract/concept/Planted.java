package ml.refract.concept;

import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.HoldOut;
import ml.refract.testing.TestData;

/** Rows in which a direction is hidden. */
record Planted(DoubleMatrix rows, double[] labels, double[] direction) {

    /** Normal noise plus, or less, a signal along a random direction. */
    static Planted shift(long seed, int n, int d, double signal) {
        TestData data = TestData.seeded(seed);
        double[] direction = unit(data.gaussians(d));
        DoubleMatrix rows = data.matrix(n, d);
        double[] labels = new double[n];
        for (int i = 0; i < n; i++) {
            labels[i] = data.below(2);
            for (int j = 0; j < d; j++) {
                rows.set(i, j, rows.get(i, j) + (2 * labels[i] - 1) * signal * direction[j]);
            }
        }
        return new Planted(rows, labels, direction);
    }

    ConceptTargets targets() {
        return ConceptTargets.of(labels);
    }

    Planted withLabels(double[] other) {
        return new Planted(rows, other, direction);
    }

    /** All rows are learned from. */
    static HoldOut.Parts all(int n) {
        return new HoldOut.Parts(IntStream.range(0, n).toArray(), new int[0]);
    }

    static double[] unit(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        return IntStream.range(0, vector.length)
                .mapToDouble(j -> vector[j] / length)
                .toArray();
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
