package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.COLUMNS;
import static ml.refract.linalg.Panels.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.Engine;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.Precision;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.Panels;

/** Float32 tiles on the JDK's Vector API. */
public final class VectorEngine implements Engine<float[]> {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public String description() {
        return "vector (float32, " + W + " lanes, JDK Vector API)";
    }

    @Override
    public Precision precision() {
        return Precision.FLOAT32;
    }

    @Override
    public DoubleKernels doubleKernels() {
        return VectorDoubleKernels.INSTANCE;
    }

    @Override
    public float[] allocate(int length) {
        return new float[length];
    }

    @Override
    public double get(float[] array, int index) {
        return array[index];
    }

    @Override
    public void set(float[] array, int index, double value) {
        array[index] = (float) value;
    }

    @Override
    public void copy(float[] source, float[] target, int length) {
        System.arraycopy(source, 0, target, 0, length);
    }

    @Override
    public void subtractProduct(float[] a, float[] b, int depth, float[] c, int rows, int cols) {
        float[] scratch = new float[Micro.CHUNK];
        for (int j = 0; j < cols; j += COLUMNS) {
            int bFrom = Panels.index(j, 0, depth);
            for (int panel = 0; panel < rows; panel += ROWS) {
                Micro.subtractProduct(
                        a,
                        Panels.panelStart(panel, depth),
                        ROWS,
                        b,
                        bFrom,
                        ROWS,
                        depth,
                        c,
                        Panels.index(panel, j, cols),
                        scratch);
            }
        }
    }

    @Override
    public void subtractSquare(float[] a, int depth, float[] c, int rows) {
        float[] scratch = new float[Micro.CHUNK];
        for (int j = 0; j < rows; j += COLUMNS) {
            int bFrom = Panels.index(j, 0, depth);
            for (int panel = j / ROWS * ROWS; panel < rows; panel += ROWS) {
                Micro.subtractProduct(
                        a,
                        Panels.panelStart(panel, depth),
                        ROWS,
                        a,
                        bFrom,
                        ROWS,
                        depth,
                        c,
                        Panels.index(panel, j, rows),
                        scratch);
            }
        }
    }

    @Override
    public int factor(float[] tile, int n) {
        float[] block = new float[COLUMNS * COLUMNS];
        float[] scratch = new float[Micro.CHUNK];
        for (int j = 0; j < n; j += COLUMNS) {
            int cols = Math.min(COLUMNS, n - j);
            int first = j / ROWS * ROWS;
            for (int panel = first; panel < n; panel += ROWS) {
                subtractEarlierColumns(tile, panel, n, tile, j, n, scratch);
            }
            int pivot = factorBlock(tile, j, cols, n, block);
            if (pivot >= 0) {
                return j + pivot;
            }
            for (int panel = first; panel < n; panel += ROWS) {
                solveBlock(tile, Panels.index(panel, j, n), block, cols);
            }
            storeBlock(tile, j, cols, n, block);
        }
        return -1;
    }

    /** X[panel, j .. j + 8) -= X[panel, 0 .. j) L[j .. j + 8, 0 .. j)'. */
    private static void subtractEarlierColumns(
            float[] x, int panel, int xCols, float[] factor, int j, int n, float[] scratch) {
        if (j > 0) {
            Micro.subtractProduct(
                    x,
                    Panels.panelStart(panel, xCols),
                    ROWS,
                    factor,
                    Panels.index(j, 0, n),
                    ROWS,
                    j,
                    x,
                    Panels.index(panel, j, xCols),
                    scratch);
        }
    }

    /** Cholesky factor of the 8 x 8 block on the diagonal, in double, into {@code block} row by row. */
    private static int factorBlock(float[] tile, int j, int cols, int n, float[] block) {
        double[][] l = new double[cols][cols];
        for (int c = 0; c < cols; c++) {
            for (int r = c; r < cols; r++) {
                double sum = tile[Panels.index(j + r, j + c, n)];
                for (int k = 0; k < c; k++) {
                    sum -= l[r][k] * l[c][k];
                }
                if (r == c) {
                    if (!(sum > 0) || !((float) sum < Float.POSITIVE_INFINITY) || (float) sum == 0) {
                        return c;
                    }
                    l[c][c] = Math.sqrt(sum);
                } else {
                    l[r][c] = sum / l[c][c];
                }
                block[r * COLUMNS + c] = (float) l[r][c];
            }
        }
        return -1;
    }

    private static void storeBlock(float[] tile, int j, int cols, int n, float[] block) {
        for (int r = 0; r < cols; r++) {
            for (int c = 0; c <= r; c++) {
                tile[Panels.index(j + r, j + c, n)] = block[r * COLUMNS + c];
            }
        }
    }

    /** Solves the last 8 columns of one panel against the triangular block. */
    private static void solveBlock(float[] x, int at, float[] block, int cols) {
        for (int r = 0; r < ROWS; r += W) {
            for (int c = 0; c < cols; c++) {
                FloatVector sum = FloatVector.fromArray(S, x, at + c * ROWS + r);
                for (int k = 0; k < c; k++) {
                    sum = FloatVector.broadcast(S, -block[c * COLUMNS + k])
                            .fma(FloatVector.fromArray(S, x, at + k * ROWS + r), sum);
                }
                sum.div(block[c * COLUMNS + c]).intoArray(x, at + c * ROWS + r);
            }
        }
    }

    @Override
    public void solveRight(float[] factor, int n, float[] x, int rows) {
        float[] block = new float[COLUMNS * COLUMNS];
        float[] scratch = new float[Micro.CHUNK];
        for (int j = 0; j < n; j += COLUMNS) {
            int cols = Math.min(COLUMNS, n - j);
            for (int r = 0; r < cols; r++) {
                for (int c = 0; c <= r; c++) {
                    block[r * COLUMNS + c] = factor[Panels.index(j + r, j + c, n)];
                }
            }
            for (int panel = 0; panel < rows; panel += ROWS) {
                subtractEarlierColumns(x, panel, n, factor, j, n, scratch);
                solveBlock(x, Panels.index(panel, j, n), block, cols);
            }
        }
    }

    @Override
    public void transpose(float[] tile, int rows, int cols, float[] target) {
        for (int j = 0; j < cols; j += ROWS) {
            int targetPanel = Panels.panelStart(j, rows);
            int count = Math.min(ROWS, cols - j);
            for (int i = 0; i < rows; i++) {
                int source = Panels.index(i, j, cols);
                int at = targetPanel + i * ROWS;
                for (int c = 0; c < count; c++) {
                    target[at + c] = tile[source + c * ROWS];
                }
            }
        }
    }

    @Override
    public void solveLower(float[] factor, int n, double[] x, int from) {
        DoubleTiles.ofThread().solveLower(factor, n, x, from);
    }

    @Override
    public void solveLowerTransposed(float[] factor, int n, double[] x, int from) {
        DoubleTiles.ofThread().solveLowerTransposed(factor, n, x, from);
    }

    @Override
    public void multiplyAdd(
            float[] tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides) {
        DoubleTiles.ofThread().multiplyAdd(tile, rows, cols, scale, x, xFrom, y, yFrom, stride, sides);
    }

    @Override
    public void transposeMultiplyAdd(
            float[] tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides) {
        DoubleTiles.ofThread().transposeMultiplyAdd(tile, rows, cols, scale, x, xFrom, y, yFrom, stride, sides);
    }

    @Override
    public void multiplyAddBoth(
            float[] tile,
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
        DoubleTiles.ofThread().multiplyAddBoth(tile, rows, cols, x, xFrom, wFrom, y, yFrom, z, zFrom, stride, sides);
    }

    @Override
    public void pairTile(
            Points<float[]> rows,
            int rowFrom,
            int rowCount,
            Points<float[]> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            PairFunction.Output output,
            float[] tile) {
        PairTiles.fill(rows, rowFrom, rowCount, cols, colFrom, colCount, function, output, tile);
    }

    @Override
    public void contract(
            float[] tile,
            int rows,
            int depth,
            float[] payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom) {
        float[] sums = new float[Math.max(Micro.CHUNK, 4 * ROWS)];
        int panelStride = Panels.panelStart(ROWS, depth);
        int panel = 0;
        if (width == 1) {
            for (; panel + 3 * ROWS < rows; panel += 4 * ROWS) {
                Micro.column4(
                        tile,
                        Panels.panelStart(panel, depth),
                        panelStride,
                        payload,
                        payloadFrom,
                        stride,
                        depth,
                        sums,
                        0);
                int count = Math.min(4 * ROWS, rows - panel);
                for (int i = 0; i < count; i++) {
                    target[targetFrom + panel + i] += sums[i];
                }
            }
        }
        int wide = width / ROWS * ROWS;
        for (int l = 0; l < wide; l += ROWS) {
            contractWide(tile, rows, depth, payload, payloadFrom + l, stride, width, target, targetFrom + l, sums);
        }
        for (; panel < rows; panel += ROWS) {
            int count = Math.min(ROWS, rows - panel);
            for (int l = wide; l < width; l += COLUMNS) {
                Micro.product(
                        tile, Panels.panelStart(panel, depth), ROWS, payload, payloadFrom + l, stride, depth, sums, 0);
                int cols = Math.min(COLUMNS, width - l);
                for (int i = 0; i < count; i++) {
                    int row = targetFrom + (panel + i) * width + l;
                    for (int c = 0; c < cols; c++) {
                        target[row + c] += sums[c * ROWS + i];
                    }
                }
            }
        }
    }

    /**
     * Thirty-two columns of the payload, which take the place of rows: the sums of a row of the tile then stand side by side, as
     * they do in the target.
     */
    private static void contractWide(
            float[] tile,
            int rows,
            int depth,
            float[] payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom,
            float[] sums) {
        for (int row = 0; row < rows; row += COLUMNS) {
            Micro.product(payload, payloadFrom, stride, tile, Panels.index(row, 0, depth), ROWS, depth, sums, 0);
            int count = Math.min(COLUMNS, rows - row);
            for (int i = 0; i < count; i++) {
                DoubleTiles.add(sums, i * ROWS, target, targetFrom + (row + i) * width, ROWS);
            }
        }
    }

    @Override
    public void contractTransposed(
            float[] tile,
            int depth,
            int cols,
            float[] payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom) {
        for (int i = 0; i < cols; i++) {
            for (int l = 0; l < width; l++) {
                float sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum = Math.fma(tile[Panels.index(k, i, cols)], payload[payloadFrom + k * stride + l], sum);
                }
                target[targetFrom + i * width + l] += sum;
            }
        }
    }

    @Override
    public void slopeSums(
            Points<float[]> rows,
            int rowFrom,
            int rowCount,
            Points<float[]> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            float[] weights,
            float[] payload,
            int payloadFrom,
            int stride,
            int outputs,
            double[] target,
            int targetFrom) {
        Slopes slopes = new Slopes(function, rows.width(), outputs, colCount);
        for (int panel = 0; panel < rowCount; panel += ROWS) {
            slopes.panel(
                    rows,
                    rowFrom + panel,
                    Math.min(ROWS, rowCount - panel),
                    cols,
                    colFrom,
                    colCount,
                    weights,
                    Panels.panelStart(panel, colCount),
                    payload,
                    payloadFrom,
                    stride,
                    target,
                    targetFrom + panel * outputs * rows.width());
        }
    }

    @Override
    public void levelSums(
            float[] weights,
            int rows,
            int cols,
            int[] columnLevels,
            int levelsFrom,
            int levels,
            float[] payload,
            int payloadFrom,
            int stride,
            int outputs,
            double[] target) {
        new LevelSums(cols, columnLevels, levelsFrom, levels, payload, payloadFrom, stride, outputs)
                .add(weights, rows, target);
    }
}
