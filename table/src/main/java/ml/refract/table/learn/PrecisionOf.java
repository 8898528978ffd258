package ml.refract.table.learn;

import ml.refract.engine.Execution;
import ml.refract.table.Precision;

/** Rows are encoded in the precision their engine computes in. */
final class PrecisionOf {
    private PrecisionOf() {}

    static Precision engine(Execution execution) {
        return execution.engine().precision() == ml.refract.engine.Precision.FLOAT64
                ? Precision.FLOAT64
                : Precision.FLOAT32;
    }
}
