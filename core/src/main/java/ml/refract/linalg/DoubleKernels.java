package ml.refract.linalg;

/**
 * Inner loops of dense algebra in double, the part of a product or of an eigenvalue decomposition that a compute engine
 * supplies.
 *
 * <p>Methods run on the calling thread, allocate nothing that lasts, and give the same bits for the same input every time.
 */
public interface DoubleKernels {
    /** Rows of a block of a product. */
    int ROWS = 8;

    /** Columns of a block of a product: two AVX-512 vectors. */
    int COLUMNS = 16;

    /** Rows that {@link #multiplySymmetric} reads at once. */
    int STRIP = 4;

    /** Length of the array {@link #multiplySymmetric} leaves inner products in, with room for partial sums. */
    int PRODUCTS = 32;

    /** Loops in plain Java. */
    static DoubleKernels plain() {
        return PlainDoubleKernels.INSTANCE;
    }

    /**
     * C := C + A B for one block of 8 rows and 16 columns. Every entry is one sum in the order of the inner dimension, added to
     * C at its end.
     *
     * @param a column k at {@code a[aFrom + 8 k ..]}
     * @param b row k at {@code b[bFrom + 16 k ..]}
     * @param c row i at {@code c[cFrom + i * cStride ..]}
     */
    void addProduct(double[] a, int aFrom, double[] b, int bFrom, int depth, double[] c, int cFrom, int cStride);

    /**
     * What four rows of a triangle add to a symmetric matrix times a vector, in one reading: adds to {@code y} the sum of
     * {@code factors[i]} times row i, and returns in {@code products} the inner product of each row with x.
     *
     * @param rows row i at {@code rows[from + i * stride ..]}
     * @param x {@code length} numbers from {@code xFrom}
     * @param factors four numbers from {@code factorsFrom}
     * @param y {@code length} numbers from {@code yFrom}, updated; overlaps none of the other arguments
     * @param products overwritten; {@link #PRODUCTS} entries, of which the first four are the inner products
     */
    void multiplySymmetric(
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
            double[] products);
}
