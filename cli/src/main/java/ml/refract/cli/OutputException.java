package ml.refract.cli;

import java.io.IOException;
import ml.refract.model.internal.WholeFile;

/** A result that could not be written. */
final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutputException(String file, IOException cause) {
        super(
                file + " could not be written: " + WholeFile.reason(cause)
                        + ". Name another file, or make room and allow writing there",
                cause);
    }

    OutputException(String message) {
        super(message);
    }
}
