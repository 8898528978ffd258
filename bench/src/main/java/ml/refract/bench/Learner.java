package ml.refract.bench;

import ml.refract.linalg.DoubleMatrix;

/** Something that learns from encoded rows, to be compared with others. */
interface Learner {
    /** Name in tables. */
    String name();

    /** Fits on the training rows; the validation rows choose when to stop and nothing else. */
    Model fit(LabelledRows train, LabelledRows validation, int threads);

    /** What was learned, on the threads it was learned with. */
    interface Model extends AutoCloseable {
        /** Numbers, n x 1, or probabilities of the classes, n x classes. */
        DoubleMatrix predict(LabelledRows rows);

        @Override
        void close();
    }
}
