package ml.refract.openblas;

import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.Precision;
import ml.refract.linalg.DoubleKernels;

/**
 * Another engine whose factorisations run on OpenBLAS: the products and triangular solves that a Cholesky factor of n rows
 * spends its n^3/3 flops in. Pair functions and sums over them have no BLAS form whose bits do not depend on the shape of
 * a tile; those, and the factors of single tiles, stay with the other engine.
 *
 * <p>Accuracy and precision are those of the other engine. OpenBLAS runs on the calling thread; each thread that factors
 * holds native memory for three tiles until it ends. Should other code of the process give OpenBLAS more threads, results
 * remain the same to the bit.
 *
 * @param <A> the array type of the other engine
 */
public final class OpenBlasEngine<A> implements Engine<A> {
    static final String NAME = "openblas";

    private final Engine<A> base;
    private final NativeTiles<A, ?> tiles;

    private OpenBlasEngine(Engine<A> base, Blas<A, ?> blas) {
        this.base = base;
        this.tiles = new NativeTiles<>(blas);
    }

    /**
     * An engine that does what {@code base} does, and factors natively.
     *
     * @throws LinkageError when the native library cannot be loaded
     */
    @SuppressWarnings("unchecked") // the array type follows from the precision
    public static <A> OpenBlasEngine<A> over(Engine<A> base) {
        OpenBlas.load();
        return new OpenBlasEngine<>(
                base, (Blas<A, ?>) (base.precision() == Precision.FLOAT32 ? new FloatBlas() : new DoubleBlas()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return NAME + " (" + OpenBlas.description() + "; all but factorisations: " + base.description() + ")";
    }

    @Override
    public Precision precision() {
        return base.precision();
    }

    @Override
    public A allocate(int length) {
        return base.allocate(length);
    }

    @Override
    public DoubleKernels doubleKernels() {
        return base.doubleKernels();
    }

    @Override
    public double get(A array, int index) {
        return base.get(array, index);
    }

    @Override
    public void set(A array, int index, double value) {
        base.set(array, index, value);
    }

    @Override
    public void copy(A source, A target, int length) {
        base.copy(source, target, length);
    }

    @Override
    public void subtractProduct(A a, A b, int depth, A c, int rows, int cols) {
        tiles.subtractProduct(a, b, depth, c, rows, cols);
    }

    @Override
    public void subtractSquare(A a, int depth, A c, int rows) {
        tiles.subtractSquare(a, depth, c, rows);
    }

    @Override
    public int factor(A tile, int n) {
        return base.factor(tile, n);
    }

    @Override
    public void solveRight(A factor, int n, A x, int rows) {
        tiles.solveRight(factor, n, x, rows);
    }

    @Override
    public void transpose(A tile, int rows, int cols, A target) {
        base.transpose(tile, rows, cols, target);
    }

    @Override
    public void solveLower(A factor, int n, double[] x, int from) {
        base.solveLower(factor, n, x, from);
    }

    @Override
    public void solveLowerTransposed(A factor, int n, double[] x, int from) {
        base.solveLowerTransposed(factor, n, x, from);
    }

    @Override
    public void multiplyAdd(
            A tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides) {
        base.multiplyAdd(tile, rows, cols, scale, x, xFrom, y, yFrom, stride, sides);
    }

    @Override
    public void transposeMultiplyAdd(
            A tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides) {
        base.transposeMultiplyAdd(tile, rows, cols, scale, x, xFrom, y, yFrom, stride, sides);
    }

    @Override
    public void multiplyAddBoth(
            A tile,
            int rows,
            int cols,
            double[] x,
            int xFrom,
            int wFrom,
            double[] y,
            int yFrom,
            double[] z,
            int zFrom,
            int stride,
            int sides) {
        base.multiplyAddBoth(tile, rows, cols, x, xFrom, wFrom, y, yFrom, z, zFrom, stride, sides);
    }

    @Override
    public void pairTile(
            Points<A> rows,
            int rowFrom,
            int rowCount,
            Points<A> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            PairFunction.Output output,
            A tile) {
        base.pairTile(rows, rowFrom, rowCount, cols, colFrom, colCount, function, output, tile);
    }

    @Override
    public void contract(
            A tile,
            int rows,
            int depth,
            A payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom) {
        base.contract(tile, rows, depth, payload, payloadFrom, stride, width, target, targetFrom);
    }

    @Override
    public void contractTransposed(
            A tile,
            int depth,
            int cols,
            A payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom) {
        base.contractTransposed(tile, depth, cols, payload, payloadFrom, stride, width, target, targetFrom);
    }

    @Override
    public void slopeSums(
            Points<A> rows,
            int rowFrom,
            int rowCount,
            Points<A> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            A weights,
            A payload,
            int payloadFrom,
            int stride,
            int outputs,
            double[] target,
            int targetFrom) {
        base.slopeSums(
                rows,
                rowFrom,
                rowCount,
                cols,
                colFrom,
                colCount,
                function,
                weights,
                payload,
                payloadFrom,
                stride,
                outputs,
                target,
                targetFrom);
    }

    @Override
    public void levelSums(
            A weights,
            int rows,
            int cols,
            int[] columnLevels,
            int levelsFrom,
            int levels,
            A payload,
            int payloadFrom,
            int stride,
            int outputs,
            double[] target) {
        base.levelSums(
                weights, rows, cols, columnLevels, levelsFrom, levels, payload, payloadFrom, stride, outputs, target);
    }
}
