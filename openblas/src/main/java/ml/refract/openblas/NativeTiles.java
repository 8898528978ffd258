package ml.refract.openblas;

import static ml.refract.linalg.Panels.ROWS;

import ml.refract.linalg.Panels;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The updates of a factorisation, block by block on copies of the tiles in native memory.
 *
 * <p>The library gets blocks of at most 32 x 32 x 256, whose product it always computes on the calling thread, in an order
 * that depends on the shape alone. Larger calls would be no faster: they would need other layouts of the tiles.
 */
final class NativeTiles<A, P extends Pointer> {
    private final Blas<A, P> blas;
    private final Operand left = new Operand();
    private final Operand right = new Operand();
    private final Operand target = new Operand();

    NativeTiles(Blas<A, P> blas) {
        this.blas = blas;
    }

    /** C := C - A B'; see {@link ml.refract.linalg.TileKernels#subtractProduct}. */
    void subtractProduct(A a, A b, int depth, A c, int rows, int cols) {
        P leftTile = left.holding(a, Panels.length(rows, depth));
        P rightTile = right.holding(b, Panels.length(cols, depth));
        P targetTile = target.holding(c, Panels.length(rows, cols));
        for (int panel = 0; panel < rows; panel += ROWS) {
            subtractProduct(leftTile, rightTile, depth, targetTile, panel, cols, cols);
        }
        blas.copyOut(targetTile, c, Panels.length(rows, cols));
    }

    /** C := C - A A'; see {@link ml.refract.linalg.TileKernels#subtractSquare}. */
    void subtractSquare(A a, int depth, A c, int rows) {
        P tile = left.holding(a, Panels.length(rows, depth));
        P targetTile = target.holding(c, Panels.length(rows, rows));
        for (int panel = 0; panel < rows; panel += ROWS) {
            subtractProduct(tile, tile, depth, targetTile, panel, Math.min(rows, panel + ROWS), rows);
        }
        blas.copyOut(targetTile, c, Panels.length(rows, rows));
    }

    /** The first {@code count} columns of one panel of C, of {@code cols} columns. */
    private void subtractProduct(P a, P b, int depth, P c, int panel, int count, int cols) {
        P rows = blas.at(a, Panels.panelStart(panel, depth));
        for (int j = 0; j < count; j += ROWS) {
            blas.subtractProduct(
                    rows,
                    blas.at(b, Panels.panelStart(j, depth)),
                    depth,
                    blas.at(c, Panels.index(panel, j, cols)),
                    Math.min(ROWS, count - j));
        }
    }

    /** X := X L'^-1; see {@link ml.refract.linalg.TileKernels#solveRight}. */
    void solveRight(A factor, int n, A x, int rows) {
        P lower = left.holding(factor, Panels.length(n, n));
        P tile = target.holding(x, Panels.length(rows, n));
        for (int panel = 0; panel < rows; panel += ROWS) {
            P solved = blas.at(tile, Panels.panelStart(panel, n));
            for (int j = 0; j < n; j += ROWS) {
                int cols = Math.min(ROWS, n - j);
                P block = blas.at(tile, Panels.index(panel, j, n));
                if (j > 0) {
                    blas.subtractProduct(solved, blas.at(lower, Panels.panelStart(j, n)), j, block, cols);
                }
                blas.solveRight(blas.at(lower, Panels.index(j, j, n)), cols, block);
            }
        }
        blas.copyOut(tile, x, Panels.length(rows, n));
    }

    /** Native memory for one tile at a time, of each thread its own. */
    private final class Operand {
        private final ThreadLocal<@Nullable P> memory = new ThreadLocal<>();

        P holding(A source, int length) {
            P room = memory.get();
            if (room == null || room.capacity() < length) {
                room = blas.allocate(length);
                memory.set(room);
            }
            blas.copyIn(source, room, length);
            return room;
        }
    }
}
