package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.COLUMNS;
import static ml.refract.linalg.Panels.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.Panels;

/**
 * Fills tiles of pair functions in three passes over strips small enough to stay in the level-1 cache: sums over dense
 * coordinates, look-ups of coded groups, and the function of the sum.
 */
final class PairTiles {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED.length() == S.length()
            ? IntVector.SPECIES_PREFERRED
            : VectorSpecies.of(int.class, S.vectorShape());
    private static final int W = Lanes.WIDTH;
    /** Columns of a strip: 64 x 32 floats, a quarter of a 32 KiB cache. */
    private static final int STRIP = 64;
    /** Up to this many coordinates differences are squared directly: as fast as inner products, and exact. */
    private static final int DIRECT_WIDTH = 16;
    /**
     * Squared distances below this share of the two squared norms have lost digits in the inner product form and are
     * recomputed from differences (specification of xRFM, section 3.2).
     */
    private static final float NEAR = 1e-3f;

    private PairTiles() {}

    static void fill(
            Points<float[]> rows, int rowFrom, int rowCount, Points<float[]> cols, int colFrom, int colCount,
            PairFunction function, PairFunction.Output output, float[] tile) {
        for (int panel = 0; panel < rowCount; panel += ROWS) {
            int panelAt = Panels.panelStart(panel, colCount);
            for (int strip = 0; strip < colCount; strip += STRIP) {
                int stripCols = Math.min(STRIP, Panels.paddedColumns(colCount) - strip);
                int at = panelAt + strip * ROWS;
                sums(rows, rowFrom + panel, cols, colFrom + strip, stripCols, function, tile, at);
                for (int b = 0; b < rows.groups(); b++) {
                    int known = Math.min(stripCols, colCount - strip);
                    addGroup(rows, rowFrom + panel, cols, colFrom + strip, known, b, tile, at);
                }
                apply(function, output, tile, at, stripCols * ROWS);
            }
        }
    }

    private static void sums(
            Points<float[]> rows, int row, Points<float[]> cols, int col, int count, PairFunction function,
            float[] tile, int at) {
        float[] a = rows.coordinates();
        float[] b = cols.coordinates();
        int width = rows.width();
        int aFrom = rows.panelStart(row);
        boolean inner = function.euclidean() && width > DIRECT_WIDTH;
        for (int j = 0; j < count; j += COLUMNS) {
            int bFrom = cols.panelStart(col + j) + (col + j) % ROWS;
            int cFrom = at + j * ROWS;
            if (inner) {
                Micro.product(a, aFrom, ROWS, b, bFrom, ROWS, width, tile, cFrom);
                distancesFromProducts(rows, row, cols, col + j, tile, cFrom);
            } else if (function.euclidean()) {
                Micro.squares(a, aFrom, b, bFrom, width, tile, cFrom);
            } else if (function.form() == PairFunction.Form.SUM_POWER) {
                Micro.exponentials(
                        a, aFrom, b, bFrom, width, (float) function.exponent(), (float) function.scale(), tile, cFrom);
            } else if (function.norm() == 1) {
                Micro.absolutes(a, aFrom, b, bFrom, width, tile, cFrom);
            } else {
                Micro.powers(a, aFrom, b, bFrom, width, (float) function.norm(), tile, cFrom);
            }
        }
    }

    /** Turns a chunk of inner products into squared distances, |a|^2 + |b|^2 - 2 a.b. */
    private static void distancesFromProducts(
            Points<float[]> rows, int row, Points<float[]> cols, int col, float[] tile, int at) {
        float[] rowNorms = rows.squaredNorms();
        float[] colNorms = cols.squaredNorms();
        IntVector signs = IntVector.zero(I);
        for (int j = 0; j < COLUMNS; j++) {
            float colNorm = colNorms[col + j];
            for (int r = 0; r < ROWS; r += W) {
                int entry = at + j * ROWS + r;
                FloatVector norms = FloatVector.fromArray(S, rowNorms, row + r).add(colNorm);
                FloatVector distance = FloatVector.fromArray(S, tile, entry).lanewise(
                        VectorOperators.FMA, FloatVector.broadcast(S, -2f), norms);
                distance.intoArray(tile, entry);
                signs = signs.or(norms.lanewise(VectorOperators.FMA, FloatVector.broadcast(S, -NEAR), distance)
                        .reinterpretAsInts());
            }
        }
        if (signs.lt(0).anyTrue()) {
            recomputeNear(rows, row, cols, col, tile, at);
        }
    }

    private static void recomputeNear(
            Points<float[]> rows, int row, Points<float[]> cols, int col, float[] tile, int at) {
        for (int j = 0; j < COLUMNS; j++) {
            for (int r = 0; r < ROWS; r++) {
                float norms = rows.squaredNorms()[row + r] + cols.squaredNorms()[col + j];
                int entry = at + j * ROWS + r;
                if (Math.fma(norms, -NEAR, tile[entry]) < 0) {
                    tile[entry] = (float) squaredDistance(rows, row + r, cols, col + j);
                }
            }
        }
    }

    private static double squaredDistance(Points<float[]> rows, int row, Points<float[]> cols, int col) {
        int rowAt = rows.panelStart(row) + row % ROWS;
        int colAt = cols.panelStart(col) + col % ROWS;
        double sum = 0;
        for (int s = 0; s < rows.width(); s++) {
            double u = (double) rows.coordinates()[rowAt + s * ROWS] - cols.coordinates()[colAt + s * ROWS];
            sum += u * u;
        }
        return sum;
    }

    /** Adds the sums of one coded group to a strip. */
    private static void addGroup(
            Points<float[]> rows, int row, Points<float[]> cols, int col, int count, int group, float[] tile, int at) {
        GroupTable table = cols.projection().tables()[group];
        float[] stored = cols.table(group);
        int[] rowLevels = rows.levels(group);
        for (int j = 0; j < count; j++) {
            int level = cols.levels(group)[col + j];
            int entry = at + j * ROWS;
            if (table.isFull()) {
                int base = level * (table.levels() + 1);
                for (int r = 0; r < ROWS; r += W) {
                    FloatVector sums = FloatVector.fromArray(S, stored, base, rowLevels, row + r);
                    sums.add(FloatVector.fromArray(S, tile, entry + r)).intoArray(tile, entry + r);
                }
            } else {
                addDiagonalGroup((float) table.base(), stored, rowLevels, row, level, tile, entry);
            }
        }
    }

    private static void addDiagonalGroup(
            float base, float[] parts, int[] rowLevels, int row, int level, float[] tile, int entry) {
        for (int r = 0; r < ROWS; r++) {
            int other = rowLevels[row + r];
            tile[entry + r] += other == level ? base : base + (parts[level] + parts[other]);
        }
    }

    /** Replaces sums by values or weights. */
    private static void apply(PairFunction f, PairFunction.Output output, float[] tile, int from, int length) {
        boolean value = output == PairFunction.Output.VALUE;
        if (f.form() == PairFunction.Form.SUM_POWER) {
            sumPower(f, value, tile, from, length);
        } else {
            float ratio = (float) (f.exponent() / f.norm());
            if (value) {
                values(ratio, (float) f.scale(), tile, from, length);
            } else {
                weights(f, ratio, tile, from, length);
            }
        }
    }

    /** exp(-scale S^ratio). */
    private static void values(float ratio, float scale, float[] tile, int from, int length) {
        for (int at = from; at < from + length; at += W) {
            FloatVector sum = FloatVector.fromArray(S, tile, at);
            VectorMath.expOfNegative(root(sum, ratio).mul(scale)).intoArray(tile, at);
        }
    }

    /** S^ratio; ratio 1/2 is the Laplace kernel. */
    private static FloatVector root(FloatVector sum, float ratio) {
        if (ratio == 0.5f) {
            return sum.lanewise(VectorOperators.SQRT);
        }
        return Micro.raise(sum, ratio);
    }

    /** -q scale exp(-scale S^ratio) S^(ratio - 1), zero where S is zero. */
    private static void weights(PairFunction f, float ratio, float[] tile, int from, int length) {
        float scale = (float) f.scale();
        float factor = (float) (-f.exponent() * f.scale());
        float floor = (float) Math.pow(f.weightFloor(), f.norm());
        for (int at = from; at < from + length; at += W) {
            FloatVector sum = FloatVector.fromArray(S, tile, at);
            VectorMask<Float> zero = sum.eq(0f);
            FloatVector root = root(sum, ratio);
            FloatVector weight = VectorMath.expOfNegative(root.mul(scale)).mul(factor);
            if (ratio != 1) {
                FloatVector floored = floor > 0 ? sum.max(floor) : sum;
                FloatVector flooredRoot = floor > 0 ? root(floored, ratio) : root;
                weight = ratio == 0.5f ? weight.div(flooredRoot) : weight.mul(flooredRoot).div(floored);
            }
            weight.blend(0f, zero).intoArray(tile, at);
        }
    }

    private static void sumPower(PairFunction f, boolean value, float[] tile, int from, int length) {
        float width = f.width();
        float mix = (float) f.mix();
        float rest = 1 - mix; // rest + mix is exactly 1, so that equal points have the value 1
        int exponent = value ? f.power() : f.power() - 1;
        float factor = value ? 1 : (float) (-f.power() * (1 - f.mix()) / f.width() * f.exponent() * f.scale());
        for (int at = from; at < from + length; at += W) {
            FloatVector base = FloatVector.fromArray(S, tile, at).div(width).mul(rest).add(mix);
            FloatVector result = FloatVector.broadcast(S, factor);
            for (int k = 0; k < exponent; k++) {
                result = result.mul(base);
            }
            result.intoArray(tile, at);
        }
    }

    /** psi(u) for a vector of differences; see {@link PairFunction#slope}. */
    static FloatVector slope(PairFunction.Form form, float norm, float exponent, float scale, FloatVector u) {
        FloatVector size = u.abs();
        FloatVector result;
        if (form == PairFunction.Form.SUM_POWER) {
            result = VectorMath.expOfNegative(Micro.raise(size, exponent).mul(scale));
            if (exponent != 1) {
                result = result.mul(raiseToOneLess(size, exponent));
            }
        } else {
            result = norm == 1 ? FloatVector.broadcast(S, 1f) : raiseToOneLess(size, norm);
        }
        FloatVector signed = result.blend(result.neg(), u.lt(0f));
        return signed.blend(0f, u.eq(0f));
    }

    /** u^(p - 1) for p in (0, 2], p not 1; infinite at zero when p < 1, which callers mask. */
    private static FloatVector raiseToOneLess(FloatVector u, float p) {
        return p == 2 ? u : p > 1 ? VectorMath.power(u, p - 1) : VectorMath.power(u, p).div(u);
    }
}
