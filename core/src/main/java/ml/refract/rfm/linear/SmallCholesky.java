package ml.refract.rfm.linear;

/** Symmetric systems of one row of a matrix, solved on the calling thread. */
final class SmallCholesky {
    private SmallCholesky() {}

    /**
     * Solves A x = b for a positive definite matrix. Cost n^3/3 flops.
     *
     * @param a lower triangle, row-major with stride n; overwritten by the factor
     * @param b overwritten by the solution
     * @return whether all pivots were positive; otherwise a and b are of no use
     */
    static boolean solve(double[] a, int n, double[] b) {
        for (int i = 0; i < n; i++) {
            int row = i * n;
            for (int j = 0; j <= i; j++) {
                double sum = a[row + j] - dot(a, row, j * n, j);
                if (j < i) {
                    a[row + j] = sum / a[j * n + j];
                } else if (sum > 0) {
                    a[row + j] = Math.sqrt(sum);
                } else {
                    return false;
                }
            }
        }
        for (int i = 0; i < n; i++) {
            double sum = b[i];
            for (int k = 0; k < i; k++) {
                sum -= a[i * n + k] * b[k];
            }
            b[i] = sum / a[i * n + i];
        }
        for (int i = n - 1; i >= 0; i--) {
            b[i] /= a[i * n + i];
            for (int k = 0; k < i; k++) {
                b[k] -= a[i * n + k] * b[i];
            }
        }
        return true;
    }

    private static double dot(double[] a, int x, int y, int length) {
        double s0 = 0;
        double s1 = 0;
        int k = 0;
        for (; k + 2 <= length; k += 2) {
            s0 += a[x + k] * a[y + k];
            s1 += a[x + k + 1] * a[y + k + 1];
        }
        return k < length ? s0 + s1 + a[x + k] * a[y + k] : s0 + s1;
    }
}
