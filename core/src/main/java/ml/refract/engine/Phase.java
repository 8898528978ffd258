package ml.refract.engine;

/** Kinds of work that time is told apart by, each with what its rows and columns mean. */
public enum Phase {
    /** Reading a table and inferring its types: rows x columns of the table, bytes as they are stored. */
    READING("reading", Measure.BYTES),
    /** Turning a table into numbers: n x d. */
    ENCODING("encoding", Measure.NONE),
    /** Dividing the rows of a node: n x d. */
    SPLITTING("splitting", Measure.NONE),
    /** All rounds of one leaf: n x d. */
    LEARNING("learning", Measure.NONE),
    /** Preparing a metric as a map of coordinates, by its eigenvectors: d x d. */
    METRIC("metric", Measure.NONE),
    /** Mapping and packing rows for tiles: n x d. */
    PACKING("packing points", Measure.NONE),
    /** The median distance between sampled rows: m x m. */
    MEDIAN_DISTANCE("median distance", Measure.ENTRIES),
    /** Choosing a ridge by leaving rows out: m rows x c outputs. */
    RIDGE("choice of ridge", Measure.NONE),
    /** Taking the memory of a ridge system: n x n, bytes of its matrices. */
    MEMORY("memory", Measure.BYTES),
    /** A kernel matrix: n x n, of which one triangle is evaluated. */
    KERNEL("kernel matrix", Measure.ENTRIES),
    /** A Cholesky factorisation: n x n, n^3/3 flops. */
    FACTORISATION("factorisation", Measure.FLOPS),
    /** One step of conjugate gradients: n x c. */
    REFINEMENT("refinement step", Measure.NONE),
    /** A machine's predictions: queries x centers. */
    PREDICTION("prediction", Measure.ENTRIES),
    /** An average gradient outer product: queries x centers. */
    MOMENT("gradient moment", Measure.ENTRIES),
    /** Choosing the routing temperature: validation rows x leaves. */
    TEMPERATURE("temperature", Measure.NONE),
    /** Scoring a part of the data: rows x d. */
    SCORING("scoring", Measure.NONE),
    /** Solving a chosen model again on all rows: n x d. */
    REFIT("final refit", Measure.NONE),
    /** Importances of a model's columns: leaves x d. */
    IMPORTANCES("importances", Measure.NONE),
    /** Writing a model: training rows x columns of its table, bytes of the file. */
    MODEL_FILE("model file", Measure.BYTES);

    /** How the work of a phase is counted, and the rate that follows. */
    public enum Measure {
        /** Not at all. */
        NONE(""),
        /** In floating-point operations. */
        FLOPS("GFLOP/s"),
        /** In pairs of points. */
        ENTRIES("ns an entry"),
        /** In bytes. */
        BYTES("MB/s");

        private final String unit;

        Measure(String unit) {
            this.unit = unit;
        }

        /** The unit of {@link #rate}, empty when there is none. */
        public String unit() {
            return unit;
        }

        /** The rate at which work was done, NaN when nothing was counted or no time passed. */
        public double rate(double work, double seconds) {
            if (!(work > 0 && seconds > 0)) {
                return Double.NaN;
            }
            return switch (this) {
                case NONE -> Double.NaN;
                case FLOPS -> work / seconds / 1e9;
                case ENTRIES -> seconds / work * 1e9;
                case BYTES -> work / seconds / 1e6;
            };
        }
    }

    private final String label;
    private final Measure measure;

    Phase(String label, Measure measure) {
        this.label = label;
        this.measure = measure;
    }

    /** What people call it. */
    public String label() {
        return label;
    }

    /** How its work is counted. */
    public Measure measure() {
        return measure;
    }
}
