package ml.refract.machine;

import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Panels;
import org.jspecify.annotations.Nullable;

/**
 * X'(D - S)X of an expansion over its own centers, tile by tile: S_ij = w_ij alpha_i'alpha_j, D the row sums of S. Rows are taken
 * without their mean, which changes nothing but rounding.
 */
final class FactSums<A> {
    /** Blocks of rows that are worked on before their sums are added up, in order. */
    private static final int BLOCKS_AT_ONCE = 8;
    /** Row blocks shrink to one panel when a group has more levels than this. */
    private static final int LONG_GROUP = 2_048;

    private final Expansion<A> expansion;
    private final Engine<A> engine;
    private final Points<A> points;
    private final PairFunction weights;
    private final boolean diagonal;
    private final int width;
    private final double[] mean;
    private final Design centers;
    /** Row i holds x_i less the mean, and then 1, with this stride. */
    private final A payload;

    private final int stride;
    /** Row i holds a single 1. */
    private final A ones;

    FactSums(Expansion<A> expansion, Design centers, PairFunction weights, boolean diagonal) {
        this.expansion = expansion;
        this.engine = expansion.engine();
        this.points = expansion.centers();
        this.weights = weights;
        this.diagonal = diagonal;
        this.centers = centers;
        this.width = centers.dense().cols();
        this.stride = Panels.paddedColumns(width + 1);
        this.mean = mean(centers);
        this.payload = engine.allocate(Math.multiplyExact(points.count(), stride));
        this.ones = engine.allocate(Math.multiplyExact(points.count(), Panels.COLUMNS));
        double[] row = new double[width];
        for (int i = 0; i < points.count(); i++) {
            copyCentred(i, row, 0);
            for (int s = 0; s < width; s++) {
                engine.set(payload, i * stride + s, row[s]);
            }
            engine.set(payload, i * stride + width, 1);
            engine.set(ones, i * Panels.COLUMNS, 1);
        }
    }

    private static double[] mean(Design centers) {
        double[] mean = new double[centers.dense().cols()];
        double[] row = new double[mean.length];
        for (int i = 0; i < centers.rows(); i++) {
            centers.dense().copyRow(i, row, 0);
            for (int s = 0; s < mean.length; s++) {
                mean[s] += row[s] / centers.rows();
            }
        }
        return mean;
    }

    private void copyCentred(int i, double[] target, int at) {
        centers.dense().copyRow(i, target, at);
        for (int s = 0; s < width; s++) {
            target[at + s] -= mean[s];
        }
    }

    BlockSymmetric inner(Execution execution) {
        List<Sum> sums = new ArrayList<>();
        sums.add(new Sum(width, diagonal));
        for (GroupTable table : expansion.projection().tables()) {
            sums.add(new Sum(table.levels(), diagonal || !MomentOptions.hasFullBlock(table.levels(), true)));
        }
        int block = rowBlock();
        int n = points.count();
        for (int first = 0; first < n; first += BLOCKS_AT_ONCE * block) {
            int start = first;
            int count = (Math.min(n - first, BLOCKS_AT_ONCE * block) + block - 1) / block;
            List<Rows> done = new ArrayList<>();
            for (int b = 0; b < count; b++) {
                int from = start + b * block;
                done.add(new Rows(from, Math.min(block, n - from)));
            }
            execution.workers().run(count, b -> done.get(b).fill());
            execution.requireNotCancelled();
            addDense(sums.get(0), done, execution);
            for (int g = 1; g < sums.size(); g++) {
                addLevels(sums.get(g), done, g - 1);
            }
        }
        return BlockSymmetric.of(sums.stream().map(Sum::block).toList());
    }

    private int rowBlock() {
        for (GroupTable table : expansion.projection().tables()) {
            if (table.levels() > LONG_GROUP) {
                return Panels.ROWS;
            }
        }
        return Panels.TILE;
    }

    /** X' G for the rows that are done, G = (D - S) X. */
    private void addDense(Sum sum, List<Rows> done, Execution execution) {
        int rows = done.stream().mapToInt(part -> part.count).sum();
        DoubleMatrix x = DoubleMatrix.zeros(rows, width);
        DoubleMatrix g = DoubleMatrix.zeros(rows, width);
        int at = 0;
        for (Rows part : done) {
            for (int j = 0; j < part.count; j++, at += width) {
                copyCentred(part.from + j, x.values(), at);
                int source = j * (width + 1);
                for (int s = 0; s < width; s++) {
                    g.values()[at + s] = part.dense[source + width] * x.values()[at + s] - part.dense[source + s];
                }
            }
        }
        if (sum.full == null) {
            for (int k = 0; k < x.values().length; k++) {
                sum.values[k % width] += x.values()[k] * g.values()[k];
            }
        } else {
            double[] product = x.transpose()
                    .times(g, engine.doubleKernels(), execution.workers())
                    .values();
            for (int k = 0; k < product.length; k++) {
                sum.full.values()[k] += product[k];
            }
        }
    }

    /** The same for the columns of zeros and ones that a coded group stands for. */
    private void addLevels(Sum sum, List<Rows> done, int group) {
        int levels = expansion.projection().tables()[group].levels();
        for (Rows part : done) {
            for (int j = 0; j < part.count; j++) {
                int own = points.levels(group)[part.from + j];
                if (own == levels) {
                    continue;
                }
                double degree = part.dense[j * (width + 1) + width];
                int source = j * (levels + 1);
                if (sum.full == null) {
                    sum.values[own] += degree - part.levels[group][source + own];
                } else {
                    for (int k = 0; k < levels; k++) {
                        sum.full.values()[own * levels + k] -= part.levels[group][source + k];
                    }
                    sum.full.values()[own * levels + own] += degree;
                }
            }
        }
    }

    /** S X, the degrees in its last column, and S Z for each coded group, for a block of rows. */
    private final class Rows {
        private final int from;
        private final int count;
        private final double[] dense;
        private final double[][] levels;

        Rows(int from, int count) {
            this.from = from;
            this.count = count;
            this.dense = new double[Math.multiplyExact(count, width + 1)];
            this.levels = new double[points.groups()][];
            for (int b = 0; b < levels.length; b++) {
                levels[b] = new double
                        [Math.multiplyExact(
                                count, expansion.projection().tables()[b].levels() + 1)];
            }
        }

        void fill() {
            A own = coefficients(from, count);
            for (int i = 0; i < points.count(); i += Panels.TILE) {
                int cols = Math.min(Panels.TILE, points.count() - i);
                A tile = engine.allocate(Panels.length(count, cols));
                engine.pairTile(points, from, count, points, i, cols, weights, PairFunction.Output.WEIGHT, tile);
                multiply(tile, own, coefficients(i, cols), cols);
                engine.contract(tile, count, cols, payload, i * stride, stride, width + 1, dense, 0);
                for (int b = 0; b < levels.length; b++) {
                    engine.levelSums(
                            tile,
                            count,
                            cols,
                            points.levels(b),
                            i,
                            expansion.projection().tables()[b].levels(),
                            ones,
                            i * Panels.COLUMNS,
                            Panels.COLUMNS,
                            1,
                            levels[b]);
                }
            }
        }

        /** Each weight times the inner product of the coefficients of its pair. */
        private void multiply(A tile, A own, A others, int cols) {
            A negated = engine.allocate(Panels.length(count, cols));
            engine.subtractProduct(own, others, expansion.outputs(), negated, count, cols);
            int length = Panels.length(count, cols);
            for (int k = 0; k < length; k++) {
                engine.set(tile, k, -engine.get(negated, k) * engine.get(tile, k));
            }
        }

        private A coefficients(int first, int rows) {
            int outputs = expansion.outputs();
            A result = engine.allocate(Panels.length(rows, outputs));
            for (int r = 0; r < rows; r++) {
                for (int l = 0; l < outputs; l++) {
                    double value = engine.get(expansion.coefficients(), (first + r) * expansion.stride() + l);
                    engine.set(result, Panels.index(r, l, outputs), value);
                }
            }
            return result;
        }
    }

    /** The block of the dense coordinates, or of a group: all its entries, or its diagonal. */
    private static final class Sum {
        private final @Nullable DoubleMatrix full;
        private final double[] values;

        Sum(int size, boolean onlyDiagonal) {
            this.full = onlyDiagonal ? null : DoubleMatrix.zeros(size, size);
            this.values = new double[onlyDiagonal ? size : 0];
        }

        /** Rounding leaves S, and with it the sum, not quite symmetric. */
        BlockSymmetric.Block block() {
            if (full == null) {
                return new BlockSymmetric.Diagonal(values);
            }
            int n = full.rows();
            DoubleMatrix result = DoubleMatrix.zeros(n, n);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    result.set(i, j, (full.get(i, j) + full.get(j, i)) / 2);
                }
            }
            return new BlockSymmetric.Full(result);
        }
    }
}
