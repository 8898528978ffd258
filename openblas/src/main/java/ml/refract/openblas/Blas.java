package ml.refract.openblas;

import org.bytedeco.javacpp.Pointer;

/**
 * What is asked of the library, for one type of numbers. Blocks are 32 rows of a tile in {@link ml.refract.linalg.Panels}
 * layout: to the library a matrix stored column by column, 32 numbers a column.
 *
 * @param <A> the array type, {@code float[]} or {@code double[]}
 * @param <P> the type of pointers to such numbers in native memory
 */
interface Blas<A, P extends Pointer> {
    /** Native memory for so many numbers. */
    P allocate(int length);

    /** Where a number stands. */
    P at(P memory, int index);

    /** Copies the first numbers of an array to native memory. */
    void copyIn(A source, P memory, int length);

    /** Copies numbers from native memory to the start of an array. */
    void copyOut(P memory, A target, int length);

    /** C := C - A B' for a 32 x depth block A, a 32 x depth block B of which the first rows count, and 32 x cols C. */
    void subtractProduct(P a, P b, int depth, P c, int cols);

    /** X := X L'^-1 for a 32 x n block X and the lower triangle of the n x n block L. */
    void solveRight(P factor, int n, P x);
}
