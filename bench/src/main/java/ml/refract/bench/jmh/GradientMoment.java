package ml.refract.bench.jmh;

import java.util.concurrent.TimeUnit;
import ml.refract.engine.Execution;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.machine.KernelMachine;
import ml.refract.machine.MomentOptions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The average gradient outer product of a machine over its own centers. */
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class GradientMoment extends Timed {
    /** Centers, and queries. */
    public static final int ROWS = 4_096;

    @Param({"LAPLACE", "LPQ", "PRODUCT"})
    Family family;

    @Param({"false", "true"})
    boolean diagonal;

    @Param({"8", "128"})
    int d;

    @Param({"1", "10"})
    int outputs;

    @Param("1")
    int threads;

    private Execution execution;
    private Design rows;
    private KernelMachine machine;

    /** Makes a machine. */
    @Setup
    public void make() {
        execution = Execution.builder().threads(threads).build();
        rows = RandomRows.design(ROWS, d);
        machine = new KernelMachine(
                family.kernel(), Metric.identity(), rows, RandomRows.normal(ROWS, outputs, "coefficients"));
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        execution.close();
    }

    /** The moment. */
    @Benchmark
    public BlockSymmetric moment() {
        return machine.moment(rows, diagonal ? MomentOptions.DIAGONAL : MomentOptions.FULL, execution);
    }
}
