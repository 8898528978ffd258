package ml.refract.bench.jmh;

import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.kernel.KernelBlocks;
import ml.refract.linalg.Cholesky;
import ml.refract.linalg.SymmetricProduct;
import ml.refract.linalg.SymmetricTiles;

/** A kernel matrix of random rows and room for its factor, as a fit holds them. */
record KernelSystem<A>(
        Engine<A> engine,
        Execution execution,
        SymmetricTiles<A> kernel,
        Cholesky<A> cholesky,
        SymmetricProduct<A> product) {
    /** Added to the diagonal. */
    static final double RIDGE = 1e-3;

    private static final int WIDTH = 16;

    static KernelSystem<?> of(int n, int threads) {
        Execution execution = Execution.builder().threads(threads).build();
        return of(execution.engine(), n, execution);
    }

    private static <A> KernelSystem<A> of(Engine<A> engine, int n, Execution execution) {
        SymmetricTiles<A> kernel = new SymmetricTiles<>(engine, n);
        KernelBlocks.symmetric(
                engine,
                RandomRows.points(engine, n, WIDTH),
                Family.LAPLACE.kernel().pairFunction(WIDTH),
                kernel,
                execution.workers());
        return new KernelSystem<>(
                engine,
                execution,
                kernel,
                new Cholesky<>(engine, n, execution.workers()),
                new SymmetricProduct<>(engine, n, execution.workers()));
    }

    int factor() {
        return cholesky.factor(kernel, RIDGE, share -> {});
    }

    /** y := (K + shift I) x. */
    void multiply(double shift, double[] x, double[] y, int sides) {
        product.multiply(kernel, shift, x, y, sides);
    }

    void close() {
        execution.close();
    }
}
