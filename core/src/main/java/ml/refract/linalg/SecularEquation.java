package ml.refract.linalg;

/**
 * The eigenvalues of D + rho z z' for ascending distinct d, rho > 0 and no zero in z: one root of 1/rho + sum of
 * z_i^2 / (d_i - x) to the right of every d_i. A root is held as its distance from the nearest d, so that its distance from any
 * d is accurate to a few units in the last place, however close they are (Gu and Eisenstat 1994, "A stable and efficient
 * algorithm for the rank-one modification of the symmetric eigenproblem").
 *
 * <p>Each step replaces the terms left and right of the root by one pole each with the same value and slope, which
 * converges quadratically (Bunch, Nielsen and Sorensen 1978, "Rank-one modification of the symmetric eigenproblem"), and
 * halves the bracket where that would leave it. Roots are independent of each other.
 */
final class SecularEquation {
    private static final double UNIT = Math.ulp(0.5);
    /** Four to six are usual. */
    private static final int MOST_STEPS = 200;
    /** Rounding of a sum in units in the last place: at best this, at worst one for each term. */
    private static final int FEW_UNITS = 8;

    private final double[] d;
    private final double[] squares;
    private final double inverseRho;
    private final int k;
    /** Index of the d each root is measured from. */
    private final int[] origin;

    private final double[] distance;

    SecularEquation(double[] d, double[] z, double rho) {
        this.d = d;
        this.k = d.length;
        this.squares = new double[k];
        for (int i = 0; i < k; i++) {
            squares[i] = z[i] * z[i];
        }
        this.inverseRho = 1 / rho;
        this.origin = new int[k];
        this.distance = new double[k];
    }

    /** d_i minus root j, accurate to a few units in the last place. */
    double difference(int i, int j) {
        return d[i] - d[origin[j]] - distance[j];
    }

    /** Root j. */
    double root(int j) {
        return d[origin[j]] + distance[j];
    }

    /** Finds roots {@code [from, to)}. */
    void solve(int from, int to) {
        Sums sums = new Sums();
        for (int j = from; j < to; j++) {
            solve(j, sums);
        }
    }

    /**
     * The absolute value of the i-th of those weights for which the computed roots are exact, up to a factor that all have
     * in common (Loewner's formula).
     */
    double exactWeight(int i) {
        double product = Math.abs(difference(i, k - 1));
        for (int j = 0; j < i; j++) {
            product *= difference(i, j) / (d[i] - d[j]);
        }
        for (int j = i; j + 1 < k; j++) {
            product *= difference(i, j) / (d[i] - d[j + 1]);
        }
        return Math.sqrt(product);
    }

    /** The length of the vector of root j, entry i of which is the i-th weight over d_i minus the root. */
    double norm(double[] weights, int j) {
        double[] entries = new double[k];
        for (int i = 0; i < k; i++) {
            entries[i] = weights[i] / difference(i, j);
        }
        return Math.sqrt(Vectors.dot(entries, entries, 0));
    }

    /** The function at one point: its terms left and right of the root, with their slopes. */
    private static final class Sums {
        double left;
        double leftSlope;
        double right;
        double rightSlope;
    }

    private double evaluate(int j, double pole, double x, Sums sums) {
        double value = 0;
        double slope = 0;
        for (int i = 0; i <= j; i++) {
            double inverse = 1 / (d[i] - pole - x);
            double term = squares[i] * inverse;
            value += term;
            slope += term * inverse;
        }
        sums.left = value;
        sums.leftSlope = slope;
        value = 0;
        slope = 0;
        for (int i = k - 1; i > j; i--) {
            double inverse = 1 / (d[i] - pole - x);
            double term = squares[i] * inverse;
            value += term;
            slope += term * inverse;
        }
        sums.right = value;
        sums.rightSlope = slope;
        return inverseRho + sums.left + sums.right;
    }

    private void solve(int j, Sums sums) {
        boolean last = j == k - 1;
        double low = 0;
        double high =
                last ? 2 * sumOfSquares() / inverseRho : d[j + 1] - d[j]; // the last root is not beyond half of this
        int from = j;
        double x = 0.5 * high;
        double value = evaluate(j, d[j], x, sums);
        if (!last) {
            if (value < 0) {
                from = j + 1;
                low = -x;
                high = 0;
                x = -x;
            } else {
                high = x;
            }
        }
        double pole = d[from];
        double before = Double.POSITIVE_INFINITY;
        for (int step = 0; !converged(value, before, sums); step++) {
            if (step == MOST_STEPS) {
                throw new ArithmeticException(
                        "A root of the secular equation did not converge in " + MOST_STEPS + " steps");
            }
            if (value < 0) {
                low = x;
            } else {
                high = x;
            }
            double left = d[j] - pole - x;
            double next = x + (last ? lastStep(value, left, sums) : step(value, left, d[j + 1] - pole - x, sums));
            if (!(next > low && next < high)) {
                next = low * high > 0 ? Math.copySign(Math.sqrt(low * high), low) : 0.5 * (low + high);
            }
            if (next == x) {
                break;
            }
            x = next;
            before = Math.abs(value);
            value = evaluate(j, pole, x, sums);
        }
        origin[j] = from;
        distance[j] = x;
    }

    private double sumOfSquares() {
        double sum = 0;
        for (double square : squares) {
            sum += square;
        }
        return sum;
    }

    /** Whether the value is rounding alone. */
    private boolean converged(double value, double before, Sums sums) {
        double size = UNIT * (inverseRho + Math.abs(sums.left) + Math.abs(sums.right));
        double magnitude = Math.abs(value);
        return magnitude <= FEW_UNITS * size || magnitude <= k * size && 2 * magnitude > before;
    }

    /** Where the function with one pole on either side, with the same values and slopes, is zero. */
    private static double step(double value, double left, double right, Sums sums) {
        double slope = sums.leftSlope + sums.rightSlope;
        double a = (left + right) * value - left * right * slope;
        double b = left * right * value;
        double c = value - left * sums.leftSlope - right * sums.rightSlope;
        double root = Math.sqrt(Math.max(0, a * a - 4 * b * c));
        double step = a > 0 ? 2 * b / (a + root) : (a - root) / (2 * c);
        return step * value < 0 ? step : -value / slope;
    }

    /** The same for the last root, which has poles on the left alone. */
    private static double lastStep(double value, double left, Sums sums) {
        double step = left * value / (value - left * sums.leftSlope);
        return step * value < 0 ? step : -value / sums.leftSlope;
    }
}
