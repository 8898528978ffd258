package ml.refract.engine;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** What Java Flight Recorder is told about a phase of work. */
@Category("Refract")
@StackTrace(false)
abstract class PhaseEvent extends Event {
    @Label("Rows")
    long rows;

    @Label("Columns")
    long columns;

    final void end(long ofRows, long ofColumns, double work, double seconds) {
        end();
        if (shouldCommit()) {
            rows = ofRows;
            columns = ofColumns;
            measure(work, seconds);
            commit();
        }
    }

    /** Keeps the work done, where it is counted. */
    void measure(double work, double seconds) {}

    abstract static class Flops extends PhaseEvent {
        @Label("Flops")
        long flops;

        @Label("GFLOP/s")
        double gigaflopsPerSecond;

        @Override
        final void measure(double work, double seconds) {
            flops = (long) work;
            gigaflopsPerSecond = Phase.Measure.FLOPS.rate(work, seconds);
        }
    }

    abstract static class Entries extends PhaseEvent {
        @Label("Entries")
        long entries;

        @Label("Nanoseconds per Entry")
        double nanosecondsPerEntry;

        @Override
        final void measure(double work, double seconds) {
            entries = (long) work;
            nanosecondsPerEntry = Phase.Measure.ENTRIES.rate(work, seconds);
        }
    }

    abstract static class Bytes extends PhaseEvent {
        @Label("Bytes")
        @DataAmount
        long bytes;

        @Label("MB/s")
        double megabytesPerSecond;

        @Override
        final void measure(double work, double seconds) {
            bytes = (long) work;
            megabytesPerSecond = Phase.Measure.BYTES.rate(work, seconds);
        }
    }

    @Name("ml.refract.Reading")
    @Label("Reading")
    @Description("Reading a table and inferring its types: rows x columns of the table")
    static final class Reading extends Bytes {}

    @Name("ml.refract.Encoding")
    @Label("Encoding")
    @Description("Turning a table into numbers: rows x coordinates")
    static final class Encoding extends PhaseEvent {}

    @Name("ml.refract.Splitting")
    @Label("Splitting")
    @Description("Dividing the rows of a node: rows x coordinates")
    static final class Splitting extends PhaseEvent {}

    @Name("ml.refract.Learning")
    @Label("Learning")
    @Description("All rounds of one leaf: rows x coordinates")
    static final class Learning extends PhaseEvent {}

    @Name("ml.refract.Metric")
    @Label("Metric")
    @Description("Preparing a metric as a map of coordinates, by its eigenvectors: coordinates x coordinates")
    static final class Metric extends PhaseEvent {}

    @Name("ml.refract.Packing")
    @Label("Packing")
    @Description("Mapping and packing rows for tiles: rows x coordinates")
    static final class Packing extends PhaseEvent {}

    @Name("ml.refract.MedianDistance")
    @Label("Median Distance")
    @Description("The median distance between sampled rows: rows x rows")
    static final class MedianDistance extends Entries {}

    @Name("ml.refract.Ridge")
    @Label("Choice of Ridge")
    @Description("Choosing a ridge by leaving rows out: rows x outputs")
    static final class Ridge extends PhaseEvent {}

    @Name("ml.refract.Memory")
    @Label("Memory")
    @Description("Taking the memory of a ridge system: order x order")
    static final class Memory extends Bytes {}

    @Name("ml.refract.Kernel")
    @Label("Kernel Matrix")
    @Description("A kernel matrix, of which one triangle is evaluated: rows x rows")
    static final class Kernel extends Entries {}

    @Name("ml.refract.Factorisation")
    @Label("Factorisation")
    @Description("A Cholesky factorisation of a kernel matrix: order x order")
    static final class Factorisation extends Flops {}

    @Name("ml.refract.Refinement")
    @Label("Refinement Step")
    @Description("One step of conjugate gradients: order x right-hand sides")
    static final class Refinement extends PhaseEvent {}

    /** One row against ten thousand centers takes a twentieth of the threshold: no flood from a server. */
    @Name("ml.refract.Prediction")
    @Label("Prediction")
    @Description("Predictions of a machine: queries x centers")
    @Threshold("1 ms")
    static final class Prediction extends Entries {}

    @Name("ml.refract.Moment")
    @Label("Gradient Moment")
    @Description("An average gradient outer product: queries x centers")
    static final class Moment extends Entries {}

    @Name("ml.refract.Temperature")
    @Label("Temperature")
    @Description("Choosing the routing temperature: validation rows x leaves")
    static final class Temperature extends PhaseEvent {}

    @Name("ml.refract.Scoring")
    @Label("Scoring")
    @Description("Scoring a part of the data: rows x coordinates")
    static final class Scoring extends PhaseEvent {}

    @Name("ml.refract.Refit")
    @Label("Final Refit")
    @Description("Solving a chosen model again on all rows: rows x coordinates")
    static final class Refit extends PhaseEvent {}

    @Name("ml.refract.Importances")
    @Label("Importances")
    @Description("Importances of a model's columns: leaves x coordinates")
    static final class Importances extends PhaseEvent {}

    @Name("ml.refract.ModelFile")
    @Label("Model File")
    @Description("Writing a model: training rows x columns of the table")
    static final class ModelFile extends Bytes {}
}
