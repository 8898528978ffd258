package ml.refract.testing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import ml.refract.linalg.DoubleMatrix;
import org.junit.jupiter.api.Named;

/** Symmetric matrices that eigenvalue solvers are known to stumble over, by name and order. */
public final class EigenMatrices {
    private static final Map<String, IntFunction<DoubleMatrix>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("random", EigenMatrices::random);
        KINDS.put("zero", n -> DoubleMatrix.zeros(n, n));
        KINDS.put("identity", DoubleMatrix::identity);
        KINDS.put("diagonal with repeats", n -> diagonal(n, i -> i * 7 % 5 - 2));
        KINDS.put("clusters", n -> rotated(n, i -> i % 3 == 0 ? 1 : i % 3 == 1 ? 1 + 1e-13 * i : -2));
        KINDS.put("geometric", n -> rotated(n, i -> Math.pow(1e-20, (double) i / n)));
        KINDS.put("one large", n -> rotated(n, i -> i == 0 ? 1 : 1e-16));
        KINDS.put("rank deficient", EigenMatrices::rankDeficient);
        KINDS.put("graded", n -> graded(n, 1));
        KINDS.put("graded upwards", n -> graded(n, -1));
        KINDS.put("Wilkinson", n -> tridiagonal(n, i -> Math.abs(i - (n - 1) / 2.0), i -> 1));
        KINDS.put("glued Wilkinson", n -> tridiagonal(n, i -> Math.abs(i % 21 - 10), i -> i % 21 == 20 ? 1e-8 : 1));
        KINDS.put("second differences", EigenMatrices::secondDifferences);
        KINDS.put("weakly coupled", n -> tridiagonal(n, i -> i % 4, i -> i % 8 == 7 ? 1e-300 : 1e-9));
        KINDS.put("Gauss kernel", n -> kernel(n, true));
        KINDS.put("Laplace kernel", n -> kernel(n, false));
        KINDS.put("ones", n -> filled(n, 1));
        KINDS.put("arrow", EigenMatrices::arrow);
    }

    private EigenMatrices() {}

    /** Every kind, for parameterised tests. */
    public static Stream<Named<IntFunction<DoubleMatrix>>> kinds() {
        return KINDS.entrySet().stream().map(kind -> Named.of(kind.getKey(), kind.getValue()));
    }

    /** Independent normal numbers. */
    public static DoubleMatrix random(int n) {
        DoubleMatrix g = TestData.seeded(n).matrix(n, n);
        return symmetric(n, g::get);
    }

    /** The second difference matrix, whose eigenvalues are 2 - 2 cos(k pi / (n + 1)). */
    public static DoubleMatrix secondDifferences(int n) {
        return tridiagonal(n, i -> 2, i -> -1);
    }

    /** A Gauss or Laplace kernel between points in three dimensions. */
    public static DoubleMatrix kernel(int n, boolean gauss) {
        DoubleMatrix x = TestData.seeded(n).matrix(n, 3);
        return symmetric(n, (i, j) -> {
            double square = 0;
            for (int k = 0; k < 3; k++) {
                square += Math.pow(x.get(i, k) - x.get(j, k), 2);
            }
            return Math.exp(gauss ? -square / 8 : -Math.sqrt(square) / 3);
        });
    }

    private interface Entry {
        double at(int i, int j);
    }

    private interface Value {
        double at(int i);
    }

    private static DoubleMatrix symmetric(int n, Entry entry) {
        DoubleMatrix a = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double value = entry.at(i, j);
                a.set(i, j, value);
                a.set(j, i, value);
            }
        }
        return a;
    }

    private static DoubleMatrix diagonal(int n, Value value) {
        return symmetric(n, (i, j) -> i == j ? value.at(i) : 0);
    }

    private static DoubleMatrix tridiagonal(int n, Value diagonal, Value beside) {
        return symmetric(n, (i, j) -> i == j ? diagonal.at(i) : i == j + 1 ? beside.at(j) : 0);
    }

    private static DoubleMatrix filled(int n, double value) {
        return symmetric(n, (i, j) -> value);
    }

    private static DoubleMatrix arrow(int n) {
        return symmetric(n, (i, j) -> i == j ? i : j == 0 ? 1 : 0);
    }

    private static DoubleMatrix graded(int n, int direction) {
        DoubleMatrix g = random(n);
        return symmetric(n, (i, j) -> g.get(i, j) * Math.pow(10, -direction * 20.0 * (i + j) / n));
    }

    private static DoubleMatrix rankDeficient(int n) {
        DoubleMatrix g = TestData.seeded(n).matrix(n, Math.max(1, n / 3));
        DoubleMatrix gram = g.times(g.transpose());
        return symmetric(n, gram::get);
    }

    /** A matrix with the given eigenvalues: a diagonal one reflected on two random hyperplanes. */
    private static DoubleMatrix rotated(int n, Value value) {
        DoubleMatrix a = diagonal(n, value);
        for (int k = 0; k < 2; k++) {
            double[] v = TestData.seeded(n + k).gaussians(n);
            double square = 0;
            for (double entry : v) {
                square += entry * entry;
            }
            double[] image = a.times(DoubleMatrix.column(v)).values();
            double along = 0;
            for (int i = 0; i < n; i++) {
                along += v[i] * image[i];
            }
            double scale = 2 / square;
            double twice = scale * scale * along;
            DoubleMatrix before = a;
            a = symmetric(
                    n, (i, j) -> before.get(i, j) - scale * (v[i] * image[j] + image[i] * v[j]) + twice * v[i] * v[j]);
        }
        return a;
    }
}
