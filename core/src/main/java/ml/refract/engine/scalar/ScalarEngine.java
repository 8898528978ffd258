package ml.refract.engine.scalar;

import ml.refract.engine.Engine;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.engine.Precision;
import ml.refract.linalg.Panels;

/**
 * Everything in doubles, written as the formulas read. Slower than the vector engine by an order of magnitude and exact
 * to about 1e-15; distances come from direct differences, never from inner products.
 */
public final class ScalarEngine implements Engine<double[]> {

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public String description() {
        return "scalar (float64, plain Java)";
    }

    @Override
    public Precision precision() {
        return Precision.FLOAT64;
    }

    @Override
    public double[] allocate(int length) {
        return new double[length];
    }

    @Override
    public double get(double[] array, int index) {
        return array[index];
    }

    @Override
    public void set(double[] array, int index, double value) {
        array[index] = value;
    }

    @Override
    public void copy(double[] source, double[] target, int length) {
        System.arraycopy(source, 0, target, 0, length);
    }

    @Override
    public void subtractProduct(double[] a, double[] b, int depth, double[] c, int rows, int cols) {
        for (int panel = 0; panel < rows; panel += Panels.ROWS) {
            for (int j = 0; j < cols; j++) {
                subtractColumn(a, b, depth, c, panel, j, cols);
            }
        }
    }

    @Override
    public void subtractSquare(double[] a, int depth, double[] c, int rows) {
        for (int panel = 0; panel < rows; panel += Panels.ROWS) {
            int last = Math.min(rows, panel + Panels.ROWS);
            for (int j = 0; j < last; j++) {
                subtractColumn(a, a, depth, c, panel, j, rows);
            }
        }
    }

    /** One column of one panel of C := C - A B'. */
    private static void subtractColumn(double[] a, double[] b, int depth, double[] c, int panel, int j, int cols) {
        int aFrom = Panels.panelStart(panel, depth);
        int bFrom = Panels.index(j, 0, depth);
        int cFrom = Panels.index(panel, j, cols);
        for (int k = 0; k < depth; k++) {
            double factor = b[bFrom + k * Panels.ROWS];
            int column = aFrom + k * Panels.ROWS;
            for (int r = 0; r < Panels.ROWS; r++) {
                c[cFrom + r] -= a[column + r] * factor;
            }
        }
    }

    @Override
    public int factor(double[] tile, int n) {
        for (int j = 0; j < n; j++) {
            double pivot = tile[Panels.index(j, j, n)];
            for (int k = 0; k < j; k++) {
                double value = tile[Panels.index(j, k, n)];
                pivot -= value * value;
            }
            if (!(pivot > 0) || Double.isInfinite(pivot)) {
                return j;
            }
            double root = Math.sqrt(pivot);
            tile[Panels.index(j, j, n)] = root;
            for (int i = j + 1; i < n; i++) {
                double sum = tile[Panels.index(i, j, n)];
                for (int k = 0; k < j; k++) {
                    sum -= tile[Panels.index(i, k, n)] * tile[Panels.index(j, k, n)];
                }
                tile[Panels.index(i, j, n)] = sum / root;
            }
        }
        return -1;
    }

    @Override
    public void solveRight(double[] factor, int n, double[] x, int rows) {
        for (int panel = 0; panel < rows; panel += Panels.ROWS) {
            int base = Panels.panelStart(panel, n);
            for (int j = 0; j < n; j++) {
                int target = base + j * Panels.ROWS;
                for (int k = 0; k < j; k++) {
                    double value = factor[Panels.index(j, k, n)];
                    int source = base + k * Panels.ROWS;
                    for (int r = 0; r < Panels.ROWS; r++) {
                        x[target + r] -= x[source + r] * value;
                    }
                }
                double pivot = factor[Panels.index(j, j, n)];
                for (int r = 0; r < Panels.ROWS; r++) {
                    x[target + r] /= pivot;
                }
            }
        }
    }

    @Override
    public void multiplyAdd(
            double[] tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides) {
        for (int l = 0; l < sides; l++) {
            for (int k = 0; k < cols; k++) {
                double factor = scale * x[xFrom + l * stride + k];
                for (int i = 0; i < rows; i++) {
                    y[yFrom + l * stride + i] += tile[Panels.index(i, k, cols)] * factor;
                }
            }
        }
    }

    @Override
    public void transposeMultiplyAdd(
            double[] tile,
            int rows,
            int cols,
            double scale,
            double[] x,
            int xFrom,
            double[] y,
            int yFrom,
            int stride,
            int sides) {
        for (int l = 0; l < sides; l++) {
            for (int k = 0; k < cols; k++) {
                double sum = 0;
                for (int i = 0; i < rows; i++) {
                    sum += tile[Panels.index(i, k, cols)] * x[xFrom + l * stride + i];
                }
                y[yFrom + l * stride + k] += scale * sum;
            }
        }
    }

    @Override
    public void multiplyAddBoth(
            double[] tile,
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
        multiplyAdd(tile, rows, cols, 1, x, xFrom, y, yFrom, stride, sides);
        transposeMultiplyAdd(tile, rows, cols, 1, x, wFrom, z, zFrom, stride, sides);
    }

    @Override
    public void pairTile(
            Points<double[]> rows,
            int rowFrom,
            int rowCount,
            Points<double[]> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            PairFunction.Output output,
            double[] tile) {
        if (function.inner()) {
            innerTile(rows, rowFrom, rowCount, cols, colFrom, colCount, function, output, tile);
            return;
        }
        int width = rows.width();
        double[] x = rows.coordinates();
        double[] z = cols.coordinates();
        for (int i = 0; i < rowCount; i++) {
            int rowAt = rows.panelStart(rowFrom + i) + (rowFrom + i) % Panels.ROWS;
            for (int j = 0; j < colCount; j++) {
                int colAt = cols.panelStart(colFrom + j) + (colFrom + j) % Panels.ROWS;
                double sum = 0;
                for (int s = 0; s < width; s++) {
                    sum += function.term(x[rowAt + s * Panels.ROWS] - z[colAt + s * Panels.ROWS]);
                }
                for (int b : cols.projection().addingGroups()) {
                    GroupTable table = cols.projection().tables()[b];
                    sum += table.sum(rows.levels(b)[rowFrom + i], cols.levels(b)[colFrom + j]);
                }
                tile[Panels.index(i, j, colCount)] =
                        output == PairFunction.Output.VALUE ? function.value(sum) : function.weight(sum);
            }
        }
    }

    private static void innerTile(
            Points<double[]> rows,
            int rowFrom,
            int rowCount,
            Points<double[]> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            PairFunction.Output output,
            double[] tile) {
        for (int i = 0; i < rowCount; i++) {
            double a = Math.sqrt(function.bias() + rows.squaredNorms()[rowFrom + i]);
            for (int j = 0; j < colCount; j++) {
                double b = Math.sqrt(function.bias() + cols.squaredNorms()[colFrom + j]);
                double complement = InnerPairs.complement(rows, rowFrom + i, a, cols, colFrom + j, b, function.bias());
                tile[Panels.index(i, j, colCount)] = function.ofCosine(output, complement, a, b);
            }
        }
    }

    @Override
    public void contract(
            double[] tile,
            int rows,
            int depth,
            double[] payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom) {
        for (int i = 0; i < rows; i++) {
            for (int l = 0; l < width; l++) {
                double sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum += tile[Panels.index(i, k, depth)] * payload[payloadFrom + k * stride + l];
                }
                target[targetFrom + i * width + l] += sum;
            }
        }
    }

    @Override
    public void contractTransposed(
            double[] tile,
            int depth,
            int cols,
            double[] payload,
            int payloadFrom,
            int stride,
            int width,
            double[] target,
            int targetFrom) {
        for (int i = 0; i < cols; i++) {
            for (int l = 0; l < width; l++) {
                double sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum += tile[Panels.index(k, i, cols)] * payload[payloadFrom + k * stride + l];
                }
                target[targetFrom + i * width + l] += sum;
            }
        }
    }

    @Override
    public void slopeSums(
            Points<double[]> rows,
            int rowFrom,
            int rowCount,
            Points<double[]> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            double[] weights,
            double[] payload,
            int payloadFrom,
            int stride,
            int outputs,
            double[] target,
            int targetFrom) {
        int width = rows.width();
        for (int j = 0; j < rowCount; j++) {
            int rowAt = rows.panelStart(rowFrom + j) + (rowFrom + j) % Panels.ROWS;
            for (int i = 0; i < colCount; i++) {
                int colAt = cols.panelStart(colFrom + i) + (colFrom + i) % Panels.ROWS;
                double weight = weights[Panels.index(j, i, colCount)];
                for (int s = 0; s < width; s++) {
                    double slope = weight
                            * function.slope(rows.coordinates()[rowAt + s * Panels.ROWS]
                                    - cols.coordinates()[colAt + s * Panels.ROWS]);
                    for (int l = 0; l < outputs; l++) {
                        target[targetFrom + (j * outputs + l) * width + s] +=
                                slope * payload[payloadFrom + i * stride + l];
                    }
                }
            }
        }
    }

    @Override
    public void levelSums(
            double[] weights,
            int rows,
            int cols,
            int[] columnLevels,
            int levelsFrom,
            int levels,
            double[] payload,
            int payloadFrom,
            int stride,
            int outputs,
            double[] target) {
        for (int i = 0; i < cols; i++) {
            int level = columnLevels[levelsFrom + i];
            for (int l = 0; l < outputs; l++) {
                double coefficient = payload[payloadFrom + i * stride + l];
                for (int j = 0; j < rows; j++) {
                    target[(j * outputs + l) * (levels + 1) + level] += weights[Panels.index(j, i, cols)] * coefficient;
                }
            }
        }
    }
}
