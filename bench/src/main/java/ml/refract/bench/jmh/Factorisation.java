package ml.refract.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The Cholesky factor of a kernel matrix. */
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class Factorisation extends Timed {
    @Param({"1000", "4000", "10000"})
    int n;

    @Param({"1", "2"})
    int threads;

    private KernelSystem<?> system;

    /** Evaluates the matrix. */
    @Setup
    public void evaluate() {
        system = KernelSystem.of(n, threads);
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        system.close();
    }

    /** Factors; the result is -1 when every pivot was positive. */
    @Benchmark
    public int cholesky() {
        return system.factor();
    }
}
