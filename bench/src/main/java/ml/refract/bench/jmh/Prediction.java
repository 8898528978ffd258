package ml.refract.bench.jmh;

import ml.refract.engine.Execution;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Predictions of many rows with a machine under a full metric. */
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class Prediction extends Timed {
    /** Rows predicted by a call. */
    public static final int ROWS = 10_000;
    /** Coordinates of a row. */
    public static final int WIDTH = 32;

    private static final int CENTERS = 6_000;
    /** Pairs of rows and centers. */
    public static final double PAIRS = (double) ROWS * CENTERS;

    @Param
    Family family;

    @Param("" + WIDTH)
    int d;

    @Param({"1", "2"})
    int threads;

    private Execution execution;
    private Design rows;
    private KernelMachine machine;

    /** Makes a machine and rows for it. */
    @Setup
    public void make() {
        execution = Execution.builder().threads(threads).build();
        rows = RandomRows.design(ROWS, d);
        machine = machine(family, CENTERS, d);
    }

    /** A machine of one output with random coefficients. */
    static KernelMachine machine(Family family, int centers, int d) {
        return new KernelMachine(
                family.kernel(),
                Metric.of(RandomRows.metric(d)),
                RandomRows.design(centers, d),
                RandomRows.normal(centers, 1, "coefficients"));
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        execution.close();
    }

    /** Predicts. */
    @Benchmark
    public DoubleMatrix predict() {
        return machine.predict(rows, execution);
    }
}
