package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.COLUMNS;
import static ml.refract.linalg.Panels.ROWS;

import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.Panels;
import org.jspecify.annotations.Nullable;

/**
 * Fills tiles of pair functions in three passes over strips small enough to stay in the level-1 cache: sums over dense
 * coordinates, look-ups of coded groups, and the function of the sum ({@link SumFunctions}).
 */
final class PairTiles {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
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
    /** Levels of a group whose table for one panel of rows is at most half a level-1 cache. */
    private static final int MOST_PREPARED = 128;

    private final Points<float[]> rows;
    private final Points<float[]> cols;
    private final PairFunction function;
    private final VectorMath.Exponent exponent;
    private final TermSums terms;
    private final SumFunctions finish;
    /** Of inner products; nothing where pairs are measured by differences. */
    private final @Nullable AngleFunctions angles;

    /** Sums of one strip, column by column. */
    private final float[] sums = new float[STRIP * ROWS];
    /** For each coded group whose table is small: what every level of a column adds, row by row of the current panel. */
    private final float[] @Nullable [] additions;

    private final float[] looked = new float[ROWS];

    private PairTiles(Points<float[]> rows, Points<float[]> cols, PairFunction function, PairFunction.Output output) {
        this.rows = rows;
        this.cols = cols;
        this.function = function;
        this.exponent = VectorMath.Exponent.of(function.norm());
        this.terms = new TermSums(function);
        this.finish = new SumFunctions(function, output, STRIP * ROWS);
        this.additions = new float[rows.groups()][];
        this.angles = function.inner() ? new AngleFunctions(rows, cols, function, output) : null;
    }

    static void fill(
            Points<float[]> rows,
            int rowFrom,
            int rowCount,
            Points<float[]> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            PairFunction.Output output,
            float[] tile) {
        PairTiles strips = new PairTiles(rows, cols, function, output);
        for (int panel = 0; panel < rowCount; panel += ROWS) {
            int panelAt = Panels.panelStart(panel, colCount);
            strips.prepareGroups(rowFrom + panel, colCount);
            for (int strip = 0; strip < colCount; strip += STRIP) {
                int known = Math.min(STRIP, colCount - strip);
                strips.fill(rowFrom + panel, colFrom + strip, known, tile, panelAt + strip * ROWS);
            }
        }
    }

    /** One strip: a panel of rows against {@code known} columns; what pads them is left to chance. */
    private void fill(int row, int col, int known, float[] tile, int at) {
        sums(row, col, known);
        for (int b : cols.projection().addingGroups()) {
            addGroup(row, col, known, b);
        }
        if (angles != null) {
            angles.apply(row, col, Panels.paddedColumns(known), sums, tile, at);
        } else {
            finish.apply(sums, known * ROWS, tile, at);
        }
    }

    private void sums(int row, int col, int known) {
        float[] a = rows.coordinates();
        float[] b = cols.coordinates();
        int width = rows.width();
        int aFrom = rows.panelStart(row);
        boolean products = function.euclidean() && width > DIRECT_WIDTH;
        for (int j = 0; j < known; j += COLUMNS) {
            int bFrom = cols.panelStart(col + j) + (col + j) % ROWS;
            int cFrom = j * ROWS;
            int columns = Math.min(COLUMNS, known - j);
            if (function.inner()) {
                Micro.product(a, aFrom, ROWS, b, bFrom, ROWS, width, sums, cFrom);
            } else if (products) {
                Micro.product(a, aFrom, ROWS, b, bFrom, ROWS, width, sums, cFrom);
                distancesFromProducts(row, col + j, cFrom);
            } else if (function.euclidean()) {
                Micro.squares(a, aFrom, b, bFrom, width, sums, cFrom);
            } else if (function.form() == PairFunction.Form.SUM_POWER || function.norm() < Micro.LEAST_POWER) {
                terms.fill(a, aFrom, b, bFrom, columns, width, sums, cFrom);
            } else if (function.norm() == 1) {
                Micro.absolutes(a, aFrom, b, bFrom, width, sums, cFrom);
            } else {
                Micro.powers(a, aFrom, b, bFrom, columns, width, exponent, sums, cFrom);
            }
        }
    }

    /** Turns a chunk of inner products into squared distances, |a|^2 + |b|^2 - 2 a.b. */
    private void distancesFromProducts(int row, int col, int at) {
        int signs = 0;
        for (int r = 0; r < ROWS; r += W) {
            signs |= distances1x8(rows.squaredNorms(), row + r, cols.squaredNorms(), col, sums, at + r);
        }
        if (signs < 0) {
            recomputeNear(row, col, at);
        }
    }

    /** One vector of rows, eight columns; returns a negative number when a pair is near. */
    private static int distances1x8(float[] rowNorms, int row, float[] colNorms, int col, float[] c, int co) {
        FloatVector minusTwo = FloatVector.broadcast(S, -2f);
        FloatVector minusNear = FloatVector.broadcast(S, -NEAR);
        FloatVector rowNorm = FloatVector.fromArray(S, rowNorms, row);
        FloatVector n0 = rowNorm.add(colNorms[col + 0]);
        FloatVector d0 = minusTwo.fma(FloatVector.fromArray(S, c, co + 0 * ROWS), n0);
        d0.intoArray(c, co + 0 * ROWS);
        FloatVector n1 = rowNorm.add(colNorms[col + 1]);
        FloatVector d1 = minusTwo.fma(FloatVector.fromArray(S, c, co + 1 * ROWS), n1);
        d1.intoArray(c, co + 1 * ROWS);
        FloatVector n2 = rowNorm.add(colNorms[col + 2]);
        FloatVector d2 = minusTwo.fma(FloatVector.fromArray(S, c, co + 2 * ROWS), n2);
        d2.intoArray(c, co + 2 * ROWS);
        FloatVector n3 = rowNorm.add(colNorms[col + 3]);
        FloatVector d3 = minusTwo.fma(FloatVector.fromArray(S, c, co + 3 * ROWS), n3);
        d3.intoArray(c, co + 3 * ROWS);
        FloatVector n4 = rowNorm.add(colNorms[col + 4]);
        FloatVector d4 = minusTwo.fma(FloatVector.fromArray(S, c, co + 4 * ROWS), n4);
        d4.intoArray(c, co + 4 * ROWS);
        FloatVector n5 = rowNorm.add(colNorms[col + 5]);
        FloatVector d5 = minusTwo.fma(FloatVector.fromArray(S, c, co + 5 * ROWS), n5);
        d5.intoArray(c, co + 5 * ROWS);
        FloatVector n6 = rowNorm.add(colNorms[col + 6]);
        FloatVector d6 = minusTwo.fma(FloatVector.fromArray(S, c, co + 6 * ROWS), n6);
        d6.intoArray(c, co + 6 * ROWS);
        FloatVector n7 = rowNorm.add(colNorms[col + 7]);
        FloatVector d7 = minusTwo.fma(FloatVector.fromArray(S, c, co + 7 * ROWS), n7);
        d7.intoArray(c, co + 7 * ROWS);
        IntVector signs = n0.fma(minusNear, d0)
                .reinterpretAsInts()
                .or(n1.fma(minusNear, d1).reinterpretAsInts())
                .or(n2.fma(minusNear, d2).reinterpretAsInts())
                .or(n3.fma(minusNear, d3).reinterpretAsInts())
                .or(n4.fma(minusNear, d4).reinterpretAsInts())
                .or(n5.fma(minusNear, d5).reinterpretAsInts())
                .or(n6.fma(minusNear, d6).reinterpretAsInts())
                .or(n7.fma(minusNear, d7).reinterpretAsInts());
        return signs.reduceLanes(VectorOperators.OR);
    }

    private void recomputeNear(int row, int col, int at) {
        for (int j = 0; j < COLUMNS; j++) {
            for (int r = 0; r < ROWS; r++) {
                float norms = rows.squaredNorms()[row + r] + cols.squaredNorms()[col + j];
                int entry = at + j * ROWS + r;
                if (Math.fma(norms, -NEAR, sums[entry]) < 0) {
                    sums[entry] = (float) squaredDistance(row + r, col + j);
                }
            }
        }
    }

    private double squaredDistance(int row, int col) {
        int rowAt = rows.panelStart(row) + row % ROWS;
        int colAt = cols.panelStart(col) + col % ROWS;
        double sum = 0;
        for (int s = 0; s < rows.width(); s++) {
            double u = (double) rows.coordinates()[rowAt + s * ROWS] - cols.coordinates()[colAt + s * ROWS];
            sum += u * u;
        }
        return sum;
    }

    /** Looks up what each level adds to the rows of a panel, for groups of fewer levels than there are columns. */
    private void prepareGroups(int row, int colCount) {
        for (int b : cols.projection().addingGroups()) {
            int levels = cols.projection().tables()[b].levels() + 1;
            if (levels <= Math.min(MOST_PREPARED, colCount / 2)) {
                float[] prepared = Objects.requireNonNullElseGet(additions[b], () -> new float[levels * ROWS]);
                for (int level = 0; level < levels; level++) {
                    lookUp(b, row, level, prepared, level * ROWS);
                }
                additions[b] = prepared;
            }
        }
    }

    /** Adds the sums of one coded group to a strip. */
    private void addGroup(int row, int col, int count, int group) {
        int[] levels = cols.levels(group);
        float[] prepared = additions[group];
        for (int j = 0; j < count; j++) {
            int level = levels[col + j];
            if (prepared == null) {
                lookUp(group, row, level, looked, 0);
                add(looked, 0, j * ROWS);
            } else {
                add(prepared, level * ROWS, j * ROWS);
            }
        }
    }

    private void add(float[] source, int from, int entry) {
        for (int r = 0; r < ROWS; r += W) {
            FloatVector.fromArray(S, source, from + r)
                    .add(FloatVector.fromArray(S, sums, entry + r))
                    .intoArray(sums, entry + r);
        }
    }

    /** What a level of a group adds to each row of a panel. */
    private void lookUp(int group, int row, int level, float[] target, int at) {
        GroupTable table = cols.projection().tables()[group];
        float[] stored = cols.table(group);
        int[] rowLevels = rows.levels(group);
        if (table.isFull()) {
            int base = level * (table.levels() + 1);
            for (int r = 0; r < ROWS; r++) {
                target[at + r] = stored[base + rowLevels[row + r]];
            }
        } else if (table.isInner()) {
            for (int r = 0; r < ROWS; r++) {
                target[at + r] = rowLevels[row + r] == level ? stored[level] : 0;
            }
        } else {
            float base = (float) table.base();
            for (int r = 0; r < ROWS; r++) {
                int other = rowLevels[row + r];
                target[at + r] = other == level ? base : base + (stored[level] + stored[other]);
            }
        }
    }
}
