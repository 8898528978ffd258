package ml.refract.linalg;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Full tiles that tasks fill one after another: to touch new memory takes longer than to fill it. As many are made as are in use at
 * once. Thread-safe.
 *
 * @param <A> the array type of a tile
 */
final class IdleTiles<A> {
    private final TileKernels<A> kernels;
    private final Queue<A> tiles = new ConcurrentLinkedQueue<>();

    IdleTiles(TileKernels<A> kernels) {
        this.kernels = kernels;
    }

    /** A tile that nobody else has, with anything in it. */
    A take() {
        A idle = tiles.poll();
        return idle == null ? kernels.allocate(Panels.length(Panels.TILE, Panels.TILE)) : idle;
    }

    /** Leaves a tile to the next task. */
    void give(A tile) {
        tiles.add(tile);
    }
}
