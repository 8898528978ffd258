package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.COLUMNS;
import static ml.refract.linalg.Panels.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.Panels;

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

    private final Points<float[]> rows;
    private final Points<float[]> cols;
    private final PairFunction function;
    private final VectorMath.Exponent exponent;
    private final ExponentialSums exponentials;
    private final SumFunctions finish;
    /** Sums of one strip, column by column. */
    private final float[] sums = new float[STRIP * ROWS];

    private PairTiles(Points<float[]> rows, Points<float[]> cols, PairFunction function, PairFunction.Output output) {
        this.rows = rows;
        this.cols = cols;
        this.function = function;
        this.exponent = VectorMath.Exponent.of(function.norm());
        this.exponentials = new ExponentialSums(function);
        this.finish = new SumFunctions(function, output, STRIP * ROWS);
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
            for (int strip = 0; strip < colCount; strip += STRIP) {
                int known = Math.min(STRIP, colCount - strip);
                strips.fill(rowFrom + panel, colFrom + strip, known, tile, panelAt + strip * ROWS);
            }
        }
    }

    /** One strip: a panel of rows against {@code known} columns and those that pad them. */
    private void fill(int row, int col, int known, float[] tile, int at) {
        int count = Panels.paddedColumns(known);
        sums(row, col, count);
        for (int b = 0; b < rows.groups(); b++) {
            addGroup(row, col, known, b);
        }
        finish.apply(sums, count * ROWS, tile, at);
    }

    private void sums(int row, int col, int count) {
        float[] a = rows.coordinates();
        float[] b = cols.coordinates();
        int width = rows.width();
        int aFrom = rows.panelStart(row);
        boolean inner = function.euclidean() && width > DIRECT_WIDTH;
        for (int j = 0; j < count; j += COLUMNS) {
            int bFrom = cols.panelStart(col + j) + (col + j) % ROWS;
            int cFrom = j * ROWS;
            if (inner) {
                Micro.product(a, aFrom, ROWS, b, bFrom, ROWS, width, sums, cFrom);
                distancesFromProducts(row, col + j, cFrom);
            } else if (function.euclidean()) {
                Micro.squares(a, aFrom, b, bFrom, width, sums, cFrom);
            } else if (function.form() == PairFunction.Form.SUM_POWER) {
                exponentials.fill(a, aFrom, b, bFrom, width, sums, cFrom);
            } else if (function.norm() == 1) {
                Micro.absolutes(a, aFrom, b, bFrom, width, sums, cFrom);
            } else {
                Micro.powers(a, aFrom, b, bFrom, width, exponent, sums, cFrom);
            }
        }
    }

    /** Turns a chunk of inner products into squared distances, |a|^2 + |b|^2 - 2 a.b. */
    private void distancesFromProducts(int row, int col, int at) {
        float[] rowNorms = rows.squaredNorms();
        float[] colNorms = cols.squaredNorms();
        IntVector signs = IntVector.zero(Lanes.INT);
        for (int j = 0; j < COLUMNS; j++) {
            float colNorm = colNorms[col + j];
            for (int r = 0; r < ROWS; r += W) {
                int entry = at + j * ROWS + r;
                FloatVector norms = FloatVector.fromArray(S, rowNorms, row + r).add(colNorm);
                FloatVector distance = FloatVector.fromArray(S, sums, entry)
                        .lanewise(VectorOperators.FMA, FloatVector.broadcast(S, -2f), norms);
                distance.intoArray(sums, entry);
                signs = signs.or(norms.lanewise(VectorOperators.FMA, FloatVector.broadcast(S, -NEAR), distance)
                        .reinterpretAsInts());
            }
        }
        if (signs.reduceLanes(VectorOperators.OR) < 0) {
            recomputeNear(row, col, at);
        }
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

    /** Adds the sums of one coded group to a strip. */
    private void addGroup(int row, int col, int count, int group) {
        GroupTable table = cols.projection().tables()[group];
        float[] stored = cols.table(group);
        int[] rowLevels = rows.levels(group);
        for (int j = 0; j < count; j++) {
            int level = cols.levels(group)[col + j];
            int entry = j * ROWS;
            if (table.isFull()) {
                int base = level * (table.levels() + 1);
                for (int r = 0; r < ROWS; r += W) {
                    FloatVector.fromArray(S, stored, base, rowLevels, row + r)
                            .add(FloatVector.fromArray(S, sums, entry + r))
                            .intoArray(sums, entry + r);
                }
            } else {
                addDiagonalGroup((float) table.base(), stored, rowLevels, row, level, entry);
            }
        }
    }

    private void addDiagonalGroup(float base, float[] parts, int[] rowLevels, int row, int level, int entry) {
        for (int r = 0; r < ROWS; r++) {
            int other = rowLevels[row + r];
            sums[entry + r] += other == level ? base : base + (parts[level] + parts[other]);
        }
    }
}
