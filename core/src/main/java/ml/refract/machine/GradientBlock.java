package ml.refract.machine;

import ml.refract.engine.Engine;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.Panels;

/**
 * Gradients of an expansion at a block of query points, in transformed coordinates (specification of xRFM, section 5).
 *
 * <p>Dense coordinates: g_lj = sum_i w(z_j, x_i) alpha_il psi(t_j - t_i). For Euclidean distances psi(u) = u, so g_lj =
 * (W alpha_l)_j t_j - (W diag(alpha_l) T)_j, two matrix products; other kernels of differences accumulate pair by pair. Kernels of
 * inner products have g_lj = (W' alpha_l)_j t_j + (W diag(alpha_l) T)_j with the own weights W'.
 *
 * <p>Coded groups of K levels: with S_k the weighted coefficients of the centers at level k and T their total, a diagonal
 * group has (B_j)_s = psi(r_s) (T - S_s) at the query's own level and -psi(r_s) S_s elsewhere. A full group under
 * Euclidean distance has (B_j)_s = 1[own level] T - S_s, to be multiplied by the group's metric; under other distances
 * (B_j)_s = sum_k S_k psi(R_s,own - R_sk), to be multiplied by the root R. Under inner products (B_j)_s = 1[own level] O + S_s
 * with the total O of the own weights, times the root of a diagonal group.
 */
final class GradientBlock<A> {
    /** Entries of the packed products alpha o T of all outputs taken together; more outputs than fit are done in turns. */
    private static final long MOST_PAYLOAD = 1L << 24;

    private final Expansion<A> expansion;
    private final Engine<A> engine;
    private final int width;
    private final int outputsAtOnce;

    GradientBlock(Expansion<A> expansion) {
        this.expansion = expansion;
        this.engine = expansion.engine();
        this.width = expansion.centers().width();
        long perOutput = (long) expansion.centers().count() * (width + 1);
        this.outputsAtOnce = (int) Math.max(1, Math.min(expansion.outputs(), MOST_PAYLOAD / Math.max(1, perOutput)));
    }

    /**
     * Gradients of some outputs at a block of queries.
     *
     * @param dense (j * outputs + l) * r + s
     * @param groups per coded group, (j * outputs + l) * K + s
     */
    record Result(int rows, int outputs, double[] dense, double[][] groups) {}

    /**
     * Packed right-hand side for the outputs {@code first .. first + count}: what a product with weights turns into sums.
     *
     * @param own coefficients alone, to be multiplied with own weights; empty unless the kernel is one of inner products
     */
    record Payload<A>(A values, int stride, A own, int ownStride, int first, int count) {}

    /** How many outputs one payload carries. */
    int outputsAtOnce() {
        return outputsAtOnce;
    }

    /**
     * The payload of some outputs; for Euclidean kernels row i holds, for each output, alpha_il t_i and then alpha_il, for kernels
     * of inner products alpha_il t_i alone.
     */
    Payload<A> payload(int first) {
        int count = Math.min(outputsAtOnce, expansion.outputs() - first);
        if (!expansion.function().rotationInvariant()) {
            return new Payload<>(expansion.coefficients(), expansion.stride(), engine.allocate(0), 0, first, count);
        }
        boolean inner = expansion.function().inner();
        Points<A> centers = expansion.centers();
        int n = centers.count();
        int columns = inner ? width : width + 1;
        int stride = Panels.paddedColumns(count * columns);
        int ownStride = inner ? Panels.paddedColumns(count) : 0;
        A own = engine.allocate(Math.multiplyExact(n, ownStride));
        A values = engine.allocate(Math.multiplyExact(n, stride));
        for (int i = 0; i < n; i++) {
            int point = centers.panelStart(i) + i % Panels.ROWS;
            for (int l = 0; l < count; l++) {
                double alpha = engine.get(expansion.coefficients(), i * expansion.stride() + first + l);
                int at = i * stride + l * columns;
                for (int s = 0; s < width; s++) {
                    engine.set(values, at + s, alpha * engine.get(centers.coordinates(), point + s * Panels.ROWS));
                }
                if (inner) {
                    engine.set(own, i * ownStride + l, alpha);
                } else {
                    engine.set(values, at + width, alpha);
                }
            }
        }
        return new Payload<>(values, stride, own, ownStride, first, count);
    }

    /** Gradients at {@code count} queries from {@code from}, a multiple of 32. */
    Result at(Points<A> queries, int from, int count, Payload<A> payload, PairFunction weightFunction) {
        Points<A> centers = expansion.centers();
        int outputs = payload.count();
        boolean euclidean = weightFunction.euclidean();
        boolean inner = weightFunction.inner();
        double[] own = inner ? ownSums(queries, from, count, payload, weightFunction) : new double[0];
        double[] dense = new double[Math.multiplyExact(count * outputs, euclidean ? width + 1 : width)];
        int[] adding = expansion.projection().addingGroups(); // the gradients of others are zero
        double[][] levelSums = new double[centers.groups()][];
        for (int b : adding) {
            levelSums[b] = new double[Math.multiplyExact(count * outputs, levels(b) + 1)];
        }
        A tile = engine.allocate(Panels.length(count, Math.min(centers.count(), Panels.TILE)));
        for (int i = 0; i < centers.count(); i += Panels.TILE) {
            int cols = Math.min(Panels.TILE, centers.count() - i);
            engine.pairTile(queries, from, count, centers, i, cols, weightFunction, PairFunction.Output.WEIGHT, tile);
            if (euclidean || inner) {
                engine.contract(
                        tile,
                        count,
                        cols,
                        payload.values(),
                        i * payload.stride(),
                        payload.stride(),
                        outputs * (inner ? width : width + 1),
                        dense,
                        0);
            } else {
                engine.slopeSums(
                        queries,
                        from,
                        count,
                        centers,
                        i,
                        cols,
                        weightFunction,
                        tile,
                        payload.values(),
                        i * payload.stride() + payload.first(),
                        payload.stride(),
                        outputs,
                        dense,
                        0);
            }
            for (int b : adding) {
                engine.levelSums(
                        tile,
                        count,
                        cols,
                        centers.levels(b),
                        i,
                        levels(b),
                        expansion.coefficients(),
                        i * expansion.stride() + payload.first(),
                        expansion.stride(),
                        outputs,
                        levelSums[b]);
            }
        }
        double[][] groups = new double[levelSums.length][];
        for (int b = 0; b < groups.length; b++) {
            groups[b] = new double[Math.multiplyExact(count * outputs, levels(b))];
        }
        for (int b : adding) {
            groupGradients(b, queries.levels(b), from, count, outputs, levelSums[b], own, weightFunction, groups[b]);
        }
        if (euclidean) {
            dense = combine(queries, from, count, outputs, dense);
        } else if (inner) {
            addOwn(queries, from, outputs, own, dense);
        }
        return new Result(count, outputs, dense, groups);
    }

    /** (W' alpha_l)_j at j * outputs + l. */
    private double[] ownSums(Points<A> queries, int from, int count, Payload<A> payload, PairFunction function) {
        Points<A> centers = expansion.centers();
        double[] sums = new double[count * payload.count()];
        A tile = engine.allocate(Panels.length(count, Math.min(centers.count(), Panels.TILE)));
        for (int i = 0; i < centers.count(); i += Panels.TILE) {
            int cols = Math.min(Panels.TILE, centers.count() - i);
            engine.pairTile(queries, from, count, centers, i, cols, function, PairFunction.Output.OWN_WEIGHT, tile);
            int stride = payload.ownStride();
            engine.contract(tile, count, cols, payload.own(), i * stride, stride, payload.count(), sums, 0);
        }
        return sums;
    }

    /** Adds to each gradient the query itself, by its own weight. */
    private void addOwn(Points<A> queries, int from, int outputs, double[] own, double[] gradients) {
        for (int k = 0; k < own.length; k++) {
            int j = from + k / outputs;
            int point = queries.panelStart(j) + j % Panels.ROWS;
            for (int s = 0; s < width; s++) {
                gradients[k * width + s] += own[k] * engine.get(queries.coordinates(), point + s * Panels.ROWS);
            }
        }
    }

    private int levels(int group) {
        return expansion.projection().tables()[group].levels();
    }

    /** (W alpha_l)_j t_j - (W diag(alpha_l) T)_j from the two sums. */
    private double[] combine(Points<A> queries, int from, int count, int outputs, double[] sums) {
        double[] gradients = new double[count * outputs * width];
        for (int j = 0; j < count; j++) {
            int point = queries.panelStart(from + j) + (from + j) % Panels.ROWS;
            for (int l = 0; l < outputs; l++) {
                int source = (j * outputs + l) * (width + 1);
                int target = (j * outputs + l) * width;
                double total = sums[source + width];
                for (int s = 0; s < width; s++) {
                    gradients[target + s] =
                            total * engine.get(queries.coordinates(), point + s * Panels.ROWS) - sums[source + s];
                }
            }
        }
        return gradients;
    }

    private void groupGradients(
            int group,
            int[] queryLevels,
            int from,
            int count,
            int outputs,
            double[] levelSums,
            double[] ownSums,
            PairFunction function,
            double[] gradients) {
        GroupTable table = expansion.projection().tables()[group];
        int levels = table.levels();
        for (int j = 0; j < count; j++) {
            int own = queryLevels[from + j];
            for (int l = 0; l < outputs; l++) {
                int source = (j * outputs + l) * (levels + 1);
                double total = function.inner() ? ownSums[j * outputs + l] : total(levelSums, source, levels);
                int target = (j * outputs + l) * levels;
                for (int s = 0; s < levels; s++) {
                    gradients[target + s] = groupEntry(table, function, own, s, levelSums, source, total);
                }
            }
        }
    }

    private static double total(double[] levelSums, int from, int levels) {
        double total = 0;
        for (int k = 0; k <= levels; k++) {
            total += levelSums[from + k];
        }
        return total;
    }

    private static double groupEntry(
            GroupTable table, PairFunction function, int own, int s, double[] sums, int source, double total) {
        int levels = table.levels();
        if (table.isInner()) {
            double sum = (s == own ? total : 0) + sums[source + s];
            return table.isFull() ? sum : sum * table.diagonalRoots()[s];
        }
        if (!table.isFull()) {
            double difference = s == own ? total - sums[source + s] : -sums[source + s];
            return difference * function.slope(table.diagonalRoots()[s]);
        }
        if (function.euclidean()) {
            return (s == own ? total : 0) - sums[source + s];
        }
        double sum = 0;
        double here = own == levels ? 0 : table.root().get(s, own);
        for (int k = 0; k <= levels; k++) {
            double there = k == levels ? 0 : table.root().get(s, k);
            sum += sums[source + k] * function.slope(here - there);
        }
        return sum;
    }
}
