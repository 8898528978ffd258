package ml.refract.concept;

import ml.refract.linalg.DoubleMatrix;

/** Unit vectors that a candidate proposes, most important first. */
sealed interface Directions {
    /** How much each counts: eigenvalues where the method has them. */
    double[] eigenvalues();

    /** How many there are, p; there may be none. */
    default int count() {
        return eigenvalues().length;
    }

    /** Projections of the training rows, n x p. */
    DoubleMatrix onTrain(Sample sample);

    /** Projections of the validation rows, m x p. */
    DoubleMatrix onValidation(Sample sample);

    /** The vectors themselves, p x d. */
    DoubleMatrix vectors(Sample sample);

    /**
     * Combinations of training rows, which is all that projections need.
     *
     * @param coefficients p x n, such that the combinations have unit length
     */
    record OfRows(DoubleMatrix coefficients, double[] eigenvalues) implements Directions {

        /** One direction in proportion to X' b, without an eigenvalue of its own; none when that is zero. */
        static Directions along(double[] b, Sample sample) {
            DoubleMatrix row = DoubleMatrix.of(1, b.length, b);
            DoubleMatrix image = row.times(sample.gram());
            double square = 0;
            for (int i = 0; i < b.length; i++) {
                square += image.values()[i] * b[i];
            }
            if (!(square > 0)) {
                return new OfRows(DoubleMatrix.zeros(0, b.length), new double[0]);
            }
            double[] unit = new double[b.length];
            for (int i = 0; i < b.length; i++) {
                unit[i] = b[i] / Math.sqrt(square);
            }
            return new OfRows(DoubleMatrix.of(1, b.length, unit), new double[] {1});
        }

        @Override
        public DoubleMatrix onTrain(Sample sample) {
            return sample.gram().times(coefficients.transpose());
        }

        @Override
        public DoubleMatrix onValidation(Sample sample) {
            return sample.validationGram().times(coefficients.transpose());
        }

        @Override
        public DoubleMatrix vectors(Sample sample) {
            DoubleMatrix result = sample.train().combined(coefficients, sample.kernels(), sample.parallel());
            for (int k = 0; k < result.rows(); k++) {
                makeUnit(result.values(), k * result.cols(), result.cols());
            }
            return result;
        }
    }

    /** Takes out of a vector's length what rounding left in it. */
    private static void makeUnit(double[] values, int from, int length) {
        double square = 0;
        for (int j = from; j < from + length; j++) {
            square += values[j] * values[j];
        }
        double norm = Math.sqrt(square);
        for (int j = from; j < from + length; j++) {
            values[j] /= norm;
        }
    }

    /** The vectors, p x d. */
    record OfColumns(DoubleMatrix loadings, double[] eigenvalues) implements Directions {
        @Override
        public DoubleMatrix onTrain(Sample sample) {
            return sample.train().onto(loadings);
        }

        @Override
        public DoubleMatrix onValidation(Sample sample) {
            return sample.validation().onto(loadings);
        }

        @Override
        public DoubleMatrix vectors(Sample sample) {
            return loadings;
        }
    }
}
