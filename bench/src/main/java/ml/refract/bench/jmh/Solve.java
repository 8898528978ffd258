package ml.refract.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What a refinement step is made of: a solve with both triangles of the factor and a product with the kernel matrix. */
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class Solve extends Timed {
    @Param("10000")
    int n;

    @Param({"1", "26"})
    int sides;

    @Param({"1", "2"})
    int threads;

    KernelSystem<?> system;

    private double[] given;
    private double[] result;

    /** Evaluates the matrix and factors it. */
    @Setup
    public void factor() {
        system = KernelSystem.of(n, threads);
        if (system.factor() >= 0) {
            throw new IllegalStateException("The kernel matrix has a pivot that is not positive");
        }
        given = RandomRows.normal(n, sides, "right-hand sides").values();
        result = new double[given.length];
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        system.close();
    }

    /** Both triangular solves. */
    @Benchmark
    public double[] triangles() {
        System.arraycopy(given, 0, result, 0, given.length);
        system.cholesky().solve(result, sides);
        return result;
    }

    /** The product with the symmetric matrix. */
    @Benchmark
    public double[] product() {
        system.multiply(0, given, result, sides);
        return result;
    }
}
