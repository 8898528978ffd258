package ml.refract.engine;

import ml.refract.linalg.Design;
import ml.refract.linalg.Panels;
import ml.refract.linalg.ParallelFor;

/**
 * Rows of a design after the metric, packed for tiles: transformed coordinates in {@link Panels} layout, squared norms (with
 * what coded groups of inner products add), and the codes of coded groups. Immutable once made; safe to share between threads.
 *
 * @param <A> the array type of the engine that packed them
 */
public final class Points<A> {
    private final int count;
    private final int width;
    private final A coordinates;
    private final A squaredNorms;
    private final int[][] levels;
    private final A[] tables;
    private final Projection projection;

    private Points(
            int count, int width, A coordinates, A squaredNorms, int[][] levels, A[] tables, Projection projection) {
        this.count = count;
        this.width = width;
        this.coordinates = coordinates;
        this.squaredNorms = squaredNorms;
        this.levels = levels;
        this.tables = tables;
        this.projection = projection;
    }

    /**
     * Packs rows {@code from .. from + count} of a design.
     *
     * <p>Coordinates are computed in double and rounded once; norms are those of the rounded coordinates. A row gives
     * the same bits wherever it stands. Cost n d r flops, memory n (r + 1) numbers.
     *
     * @throws IllegalArgumentException when a row holds numbers that are not finite or whose squares are not
     */
    public static <A> Points<A> pack(
            Engine<A> engine, Design design, int from, int count, Projection projection, ParallelFor parallel) {
        projection.requireMatches(design);
        int width = projection.outputs();
        A coordinates = engine.allocate(Math.multiplyExact(Panels.paddedRows(count), Math.max(width, 1)));
        A norms = engine.allocate(Panels.paddedRows(count));
        int panels = Panels.paddedRows(count) / Panels.ROWS;
        parallel.run(panels, panel -> {
            double[] dense = new double[design.dense().cols()];
            double[] image = new double[width];
            int last = Math.min(count, (panel + 1) * Panels.ROWS);
            for (int i = panel * Panels.ROWS; i < last; i++) {
                if (dense.length > 0) {
                    design.dense().copyRow(from + i, dense, 0);
                }
                projection.apply(dense, image);
                int at = panel * Panels.ROWS * width + i % Panels.ROWS;
                double norm = 0;
                for (int k = 0; k < width; k++) {
                    engine.set(coordinates, at + k * Panels.ROWS, image[k]);
                    double rounded = engine.get(coordinates, at + k * Panels.ROWS);
                    norm += rounded * rounded;
                }
                norm += groupNorms(design, from + i, projection);
                engine.set(norms, i, norm);
                if (!Double.isFinite(engine.get(norms, i))) {
                    throw new IllegalArgumentException("Row " + (from + i) + ", less the mean of the centers, holds "
                            + "numbers that are not finite or too large for the engine '" + engine.name()
                            + "' to square");
                }
            }
        });
        int[][] levels = new int[design.groups().size()][];
        for (int b = 0; b < levels.length; b++) {
            levels[b] = levelIndices(design.groups().get(b), from, count);
        }
        return new Points<>(count, width, coordinates, norms, levels, storeTables(engine, projection), projection);
    }

    /** What coded groups add to the squared norm of a row, where they hold inner products. */
    private static double groupNorms(Design design, int row, Projection projection) {
        double sum = 0;
        for (int b = 0; b < projection.tables().length; b++) {
            GroupTable table = projection.tables()[b];
            int code = design.groups().get(b).codes()[row];
            if (table.isInner() && code >= 0) {
                sum += table.sum(code, code);
            }
        }
        return sum;
    }

    private static int[] levelIndices(Design.Group group, int from, int count) {
        int[] indices = new int[Panels.paddedRows(count)];
        for (int i = 0; i < count; i++) {
            int code = group.codes()[from + i];
            indices[i] = code < 0 ? group.levels() : code;
        }
        return indices;
    }

    @SuppressWarnings("unchecked")
    private static <A> A[] storeTables(Engine<A> engine, Projection projection) {
        Object[] stored = new Object[projection.tables().length];
        for (int b = 0; b < stored.length; b++) {
            GroupTable table = projection.tables()[b];
            double[] source = table.isFull() ? table.sums() : table.parts();
            A target = engine.allocate(source.length);
            for (int k = 0; k < source.length; k++) {
                engine.set(target, k, source[k]);
            }
            stored[b] = target;
        }
        return (A[]) stored;
    }

    /** Packs all rows of a design. */
    public static <A> Points<A> pack(Engine<A> engine, Design design, Projection projection, ParallelFor parallel) {
        return pack(engine, design, 0, design.rows(), projection, parallel);
    }

    /** Number of points. */
    public int count() {
        return count;
    }

    /** Number of dense transformed coordinates, r. */
    public int width() {
        return width;
    }

    /** Coordinate k of point i stands at {@code (i / 32 * width + k) * 32 + i % 32}. */
    public A coordinates() {
        return coordinates;
    }

    /** Position of coordinate 0 of the panel that holds point i. */
    public int panelStart(int i) {
        return i / Panels.ROWS * Panels.ROWS * width;
    }

    /** Squared norms of the rounded coordinates, one per point, with those of coded groups of inner products. */
    public A squaredNorms() {
        return squaredNorms;
    }

    /** Level index of every point in a coded group; the number of levels stands for unknown. */
    public int[] levels(int group) {
        return levels[group];
    }

    /** Number of coded groups. */
    public int groups() {
        return levels.length;
    }

    /** The group's {@link GroupTable} in storage precision: its sums when full, its parts otherwise. */
    public A table(int group) {
        return tables[group];
    }

    /** The map that made these points. */
    public Projection projection() {
        return projection;
    }
}
