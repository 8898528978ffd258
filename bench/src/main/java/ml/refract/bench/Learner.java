package ml.refract.bench;

import java.util.Map;
import ml.refract.linalg.DoubleMatrix;

/** Something that learns from encoded rows, to be compared with others. */
interface Learner {
    /** Name in tables. */
    String name();

    /** Whether validation rows have to be kept apart; otherwise they are training rows like others. */
    default boolean usesValidation() {
        return true;
    }

    /**
     * Fits on the training rows.
     *
     * @param validation choose when to stop and between settings, and nothing else; no rows for a learner that needs none
     */
    Model fit(LabelledRows train, LabelledRows validation, int threads);

    /** What was learned, on the threads it was learned with. */
    interface Model extends AutoCloseable {
        /** Numbers, n x 1, or probabilities of the classes, n x classes. */
        DoubleMatrix predict(LabelledRows rows);

        /** What is worth keeping beside scores, by columns of {@link ResultsFile}. */
        default Map<String, String> details() {
            return Map.of();
        }

        @Override
        void close();
    }
}
