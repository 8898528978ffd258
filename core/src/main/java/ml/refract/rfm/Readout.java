package ml.refract.rfm;

import ml.refract.linalg.DoubleMatrix;

/**
 * Turns the raw outputs of a machine (m x c) into the quantities that are scored and averaged over leaves and trees (m x
 * k): numbers stay as they are, class codes become probabilities.
 */
@FunctionalInterface
public interface Readout {
    /** Maps outputs row by row; the result of a row depends on that row alone. */
    DoubleMatrix apply(DoubleMatrix outputs);

    /** Outputs as they are. */
    static Readout identity() {
        return outputs -> outputs;
    }
}
