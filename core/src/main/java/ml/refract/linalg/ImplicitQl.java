package ml.refract.linalg;

/**
 * Eigenvalues and vectors of a small symmetric tridiagonal matrix by QL steps with Wilkinson's shift, the rotations carried
 * out implicitly (Golub and Van Loan, section 8.3.5, with the roles of first and last row exchanged). Cost about 3 m^3
 * multiplications.
 */
final class ImplicitQl {
    private static final double UNIT = Math.ulp(0.5);
    /** Couplings are not told from zero below this, so that products of a few of them do not underflow. */
    private static final double LEAST_COUPLING = 1e-140;

    private static final double LEAST_LENGTH = 1e-290;
    private static final double LEAST_SQUARE = 1e-270;
    /** Two or three are usual. */
    private static final int MOST_STEPS = 60;

    private final double[] d;
    private final double[] e;
    private final int lo;
    private final int hi;
    private final double[][] rows;
    /**
     * What couples rows less than this is dropped. It is measured by the norm: beside rows that are rounding errors of larger
     * ones, steps make as much anew.
     */
    private final double negligible;

    private ImplicitQl(double[] d, double[] e, int lo, int hi, double[][] rows) {
        this.d = d;
        this.e = e;
        this.lo = lo;
        this.hi = hi;
        this.rows = rows;
        double largest = 0;
        for (int i = lo; i < hi; i++) {
            largest = Math.max(largest, Math.max(Math.abs(d[i]), i + 1 < hi ? Math.abs(e[i]) : 0));
        }
        this.negligible = Math.max(LEAST_COUPLING, UNIT * largest);
    }

    /**
     * Replaces a diagonal block T of a tridiagonal matrix by its eigenvalues, in no particular order.
     *
     * @param d the diagonal, of which {@code [lo, hi)} is replaced
     * @param e what stands beside it, of which {@code [lo, hi - 1)} is destroyed
     * @param rows the rows of an orthogonal Q', hi - lo of them, which are replaced by eigenvectors of Q T Q'
     * @throws ArithmeticException when an eigenvalue does not converge, which finite numbers do not cause
     */
    static void solve(double[] d, double[] e, int lo, int hi, double[][] rows) {
        new ImplicitQl(d, e, lo, hi, rows).solve();
    }

    private void solve() {
        for (int l = lo; l < hi; l++) {
            int steps = 0;
            for (int m = end(l); m > l; m = end(l)) {
                if (steps++ == MOST_STEPS) {
                    throw new ArithmeticException(
                            "An eigenvalue of a tridiagonal matrix did not converge in " + MOST_STEPS + " steps");
                }
                step(l, m);
            }
        }
    }

    /** The last row of the unreduced block that begins at l. */
    private int end(int l) {
        int m = l;
        while (m + 1 < hi && Math.abs(e[m]) > negligible) {
            m++;
        }
        return m;
    }

    /** One QL step on rows l to m: a rotation of the last two rows starts a bulge, which others chase up to row l. */
    private void step(int l, int m) {
        double half = 0.5 * (d[l + 1] - d[l]);
        double shift = d[l] - e[l] * (e[l] / (half + Math.copySign(length(half, e[l]), half)));
        double x = d[m] - shift;
        double bulge = e[m - 1];
        for (int k = m - 1; k >= l; k--) {
            double length = length(x, bulge);
            double c = length > LEAST_LENGTH ? x / length : 1;
            double s = length > LEAST_LENGTH ? bulge / length : 0;
            if (k + 1 < m) {
                e[k + 1] = length;
            }
            double z = s * (d[k] - d[k + 1]) + 2 * c * e[k];
            d[k] -= s * z;
            d[k + 1] += s * z;
            e[k] = c * z - e[k];
            x = e[k];
            if (k > l) {
                bulge = s * e[k - 1];
                e[k - 1] *= c;
            }
            Vectors.rotate(rows[k - lo], rows[k + 1 - lo], c, s);
        }
    }

    /** sqrt(x^2 + y^2) without harm from underflow; nothing here is large. */
    private static double length(double x, double y) {
        double squares = x * x + y * y;
        if (squares > LEAST_SQUARE) {
            return Math.sqrt(squares);
        }
        double large = Math.max(Math.abs(x), Math.abs(y));
        double ratio = large == 0 ? 0 : Math.min(Math.abs(x), Math.abs(y)) / large;
        return large * Math.sqrt(1 + ratio * ratio);
    }
}
