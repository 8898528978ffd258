package ml.refract.linalg;

/** Double kernels in plain Java: small blocks in local variables, which HotSpot keeps in registers. */
final class PlainDoubleKernels implements DoubleKernels {
    static final PlainDoubleKernels INSTANCE = new PlainDoubleKernels();

    private static final int UNROLL = 4;

    private PlainDoubleKernels() {}

    @Override
    public void addProduct(
            double[] a, int aFrom, double[] b, int bFrom, int depth, double[] c, int cFrom, int cStride) {
        for (int i = 0; i < ROWS; i += UNROLL) {
            for (int j = 0; j < COLUMNS; j += UNROLL) {
                addProduct4x4(a, aFrom + i, b, bFrom + j, depth, c, cFrom + i * cStride + j, cStride);
            }
        }
    }

    private static void addProduct4x4(double[] a, int ao, double[] b, int bo, int depth, double[] c, int co, int cs) {
        double c00 = 0, c01 = 0, c02 = 0, c03 = 0;
        double c10 = 0, c11 = 0, c12 = 0, c13 = 0;
        double c20 = 0, c21 = 0, c22 = 0, c23 = 0;
        double c30 = 0, c31 = 0, c32 = 0, c33 = 0;
        for (int k = 0; k < depth; k++) {
            double b0 = b[bo];
            double b1 = b[bo + 1];
            double b2 = b[bo + 2];
            double b3 = b[bo + 3];
            double x = a[ao];
            c00 += x * b0;
            c01 += x * b1;
            c02 += x * b2;
            c03 += x * b3;
            x = a[ao + 1];
            c10 += x * b0;
            c11 += x * b1;
            c12 += x * b2;
            c13 += x * b3;
            x = a[ao + 2];
            c20 += x * b0;
            c21 += x * b1;
            c22 += x * b2;
            c23 += x * b3;
            x = a[ao + 3];
            c30 += x * b0;
            c31 += x * b1;
            c32 += x * b2;
            c33 += x * b3;
            ao += ROWS;
            bo += COLUMNS;
        }
        add(c, co, c00, c01, c02, c03);
        add(c, co + cs, c10, c11, c12, c13);
        add(c, co + 2 * cs, c20, c21, c22, c23);
        add(c, co + 3 * cs, c30, c31, c32, c33);
    }

    private static void add(double[] c, int at, double c0, double c1, double c2, double c3) {
        c[at] += c0;
        c[at + 1] += c1;
        c[at + 2] += c2;
        c[at + 3] += c3;
    }

    @Override
    public void multiplySymmetric(
            double[] rows,
            int from,
            int stride,
            int length,
            double[] x,
            int xFrom,
            double[] factors,
            int factorsFrom,
            double[] y,
            int yFrom,
            double[] products) {
        double f0 = factors[factorsFrom];
        double f1 = factors[factorsFrom + 1];
        double f2 = factors[factorsFrom + 2];
        double f3 = factors[factorsFrom + 3];
        double p0 = 0;
        double p1 = 0;
        double p2 = 0;
        double p3 = 0;
        for (int k = 0; k < length; k++) {
            int at = from + k;
            double r0 = rows[at];
            double r1 = rows[at + stride];
            double r2 = rows[at + 2 * stride];
            double r3 = rows[at + 3 * stride];
            double xk = x[xFrom + k];
            p0 += r0 * xk;
            p1 += r1 * xk;
            p2 += r2 * xk;
            p3 += r3 * xk;
            y[yFrom + k] += f0 * r0 + f1 * r1 + f2 * r2 + f3 * r3;
        }
        products[0] = p0;
        products[1] = p1;
        products[2] = p2;
        products[3] = p3;
    }
}
