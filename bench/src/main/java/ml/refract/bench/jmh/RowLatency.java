package ml.refract.bench.jmh;

import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The time a caller waits for the prediction of one row. */
@BenchmarkMode(Mode.SampleTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class RowLatency extends Timed {
    private static final int CENTERS = 10_000;

    @Param
    Family family;

    @Param("50")
    int d;

    private Execution execution;
    private Design row;
    private KernelMachine machine;

    /** Makes a machine and a row for it. */
    @Setup
    public void make() {
        execution = Execution.singleThreaded();
        row = RandomRows.design(1, d);
        machine = Prediction.machine(family, CENTERS, d);
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        execution.close();
    }

    /** Predicts. */
    @Benchmark
    public DoubleMatrix predict() {
        return machine.predict(row, execution);
    }
}
