package ml.refract.linalg;

/**
 * One product y := (A + shift I) x of {@link SymmetricSource#multiply}, with a few right-hand sides.
 *
 * @param <A> the array type of a tile
 */
final class SymmetricProduct<A> {
    /** Tasks the tile rows are dealt to, whatever the number of threads. */
    static final long MOST_TASKS = 16;

    private final SymmetricSource<A> matrix;
    private final TileKernels<A> kernels;
    private final double shift;
    private final double[] x;
    private final double[] y;
    private final int sides;
    private final int size;
    private final int tasks;
    /** Where the first side starts. */
    private final int base;
    /** What each task adds to rows above its own tiles. */
    private final double[][] above;

    SymmetricProduct(
            SymmetricSource<A> matrix,
            TileKernels<A> kernels,
            double shift,
            double[] x,
            double[] y,
            int first,
            int sides) {
        this.matrix = matrix;
        this.kernels = kernels;
        this.shift = shift;
        this.x = x;
        this.y = y;
        this.sides = sides;
        this.size = matrix.size();
        this.tasks = (int) Math.min(MOST_TASKS, matrix.tileCount());
        this.base = first * size;
        this.above = new double[tasks][size * sides];
    }

    void run(ParallelFor parallel) {
        parallel.run(tasks, this::multiplyTileRows);
        parallel.run(matrix.tileCount(), this::addAbove);
    }

    private void multiplyTileRows(int task) {
        A scratch = kernels.allocate(Panels.length(Panels.TILE, Panels.TILE));
        for (int i = task; i < matrix.tileCount(); i += tasks) {
            multiplyTileRow(i, scratch, above[task]);
        }
    }

    private void multiplyTileRow(int i, A scratch, double[] sums) {
        int from = i * Panels.TILE;
        int rows = matrix.tileRows(i);
        for (int l = 0; l < sides; l++) {
            for (int r = 0; r < rows; r++) {
                y[base + l * size + from + r] = shift * x[base + l * size + from + r];
            }
        }
        for (int j = 0; j < i; j++) {
            kernels.multiplyAddBoth(
                    matrix.tile(i, j, scratch),
                    rows,
                    matrix.tileRows(j),
                    x,
                    base + j * Panels.TILE,
                    base + from,
                    y,
                    base + from,
                    sums,
                    j * Panels.TILE,
                    size,
                    sides);
        }
        kernels.multiplyAdd(matrix.tile(i, i, scratch), rows, rows, 1, x, base + from, y, base + from, size, sides);
    }

    private void addAbove(int j) {
        for (double[] part : above) {
            for (int l = 0; l < sides; l++) {
                for (int r = j * Panels.TILE; r < j * Panels.TILE + matrix.tileRows(j); r++) {
                    y[base + l * size + r] += part[l * size + r];
                }
            }
        }
    }
}
