package ml.refract.engine;

import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.TileKernels;

/**
 * The arithmetic a kernel machine spends its time in. Implementations hold no state, are safe for use from several
 * threads, run each call on the calling thread, and give the same bits for the same pair of points wherever the pair
 * stands in a tile: one query alone gets exactly the numbers it gets in a batch.
 *
 * <p>Tiles are in {@link ml.refract.linalg.Panels} layout. Accuracy of the float32 engine, relative to exact arithmetic
 * on the rounded points a and b in r coordinates: values within 4e-6 absolute, weights within 3e-6 + r 2^-24 relative,
 * times one plus the negated logarithm of the value. Where squared Euclidean distances come from inner products they are
 * off by up to (r + 4) 2^-24 (|a|^2 + |b|^2) besides, which matters for pairs much closer to each other than to the mean:
 * values off by 1e-4 were seen for clusters thirty times as far apart as they are wide. Functions of inner products are off by (3 + H)
 * 1e-7 of their size for the angle of the pair, whose cosine is off by (r + 8) 2^-24 unless the points are nearly parallel.
 *
 * @param <A> the array type numbers are stored in, {@code float[]} or {@code double[]}
 */
public interface Engine<A> extends TileKernels<A> {

    /** Short name used by the property {@code refract.engine} and in reports. */
    String name();

    /** One line on what this engine uses, for people. */
    String description();

    /** Storage precision. */
    Precision precision();

    /** Inner loops of dense algebra in double. */
    default DoubleKernels doubleKernels() {
        return DoubleKernels.plain();
    }

    /**
     * Fills a tile with the pair function of every (row point, column point).
     *
     * @param rows row points, from {@code rowFrom}, a multiple of 32
     * @param cols column points, from {@code colFrom}, a multiple of 32
     * @param tile overwritten, {@code Panels.length(rowCount, colCount)} entries; padding is left undefined
     */
    void pairTile(
            Points<A> rows,
            int rowFrom,
            int rowCount,
            Points<A> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            PairFunction.Output output,
            A tile);

    /**
     * Y := Y + T P for a rows x depth tile T and a depth x width payload P, where sums over the tile's columns run in
     * storage precision, in order, and are then added to the double target.
     *
     * @param payload row k at {@code payload[payloadFrom + k * stride ..]}, stride a multiple of 8 and at least width,
     *     zero between width and stride
     * @param target row i at {@code target[targetFrom + i * width ..]}
     */
    void contract(
            A tile,
            int rows,
            int depth,
            A payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom);

    /**
     * The same sums as {@link #contract} for the transposed tile: Y := Y + T' P with T depth x cols. Meant for a few
     * queries against many centers; gives the same bits as {@link #contract} of the transposed tile.
     */
    void contractTransposed(
            A tile,
            int depth,
            int cols,
            A payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom);

    /**
     * Adds, for every row point j, output l and dense coordinate s, the sum over column points i of
     * T_ji P_il psi(u_s): gradients of pair functions that have no matrix product form.
     *
     * @param weights rows x cols tile of pair weights
     * @param payload coefficients of the column points, laid out as for {@link #contract}
     * @param target entry (j, l, s) at {@code target[targetFrom + (j * outputs + l) * width + s]}
     */
    void slopeSums(
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
            int targetFrom);

    /**
     * Adds weighted coefficients of the column points to the level they belong to: for every row point j, output l and
     * column point i, {@code target[(j * outputs + l) * (levels + 1) + level_i] += T_ji P_il}. Sums over the columns of a level
     * run in storage precision, in order, and are then added to the double target.
     *
     * @param weights rows x cols tile
     * @param columnLevels level index of each column point, from {@code levelsFrom}; {@code levels} is the unknown one
     */
    void levelSums(
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
            double[] target);
}
