package ml.refract.task;

import ml.refract.engine.Named;
import ml.refract.linalg.DoubleMatrix;

/**
 * A calibrator and what speaks for it (specification of xRFM, section 22).
 *
 * @param form what turns scores into probabilities
 * @param source where the scores come from that it was chosen and fitted on
 * @param rows number of different rows behind it
 * @param uncalibratedLogLoss mean log loss on these rows without calibration
 * @param logLoss mean log loss of the chosen form, on rows that its parameters were not fitted on
 * @param standardError of the difference of both, paired by row
 * @param reliability of the probabilities behind {@code logLoss}
 */
public record Calibration(
        Calibrator form,
        Source source,
        int rows,
        double uncalibratedLogLoss,
        double logLoss,
        double standardError,
        Reliability reliability) {

    /** Where scores come from; never from models that had learned from the same rows. */
    public enum Source implements Named {
        /** From models of folds: each row was scored by one that had learned from the other folds. */
        CROSS_FIT("cross-fit"),
        /** From one model; the rows were held out from it. */
        HELD_OUT("held-out");

        private final String id;

        Source(String id) {
            this.id = id;
        }

        /** Name in model files and reports. */
        @Override
        public String id() {
            return id;
        }

        /**
         * The source of an id.
         *
         * @throws IllegalArgumentException when there is none
         */
        public static Source of(String id) {
            return Named.of(Source.class, "source of scores", id);
        }
    }

    /**
     * Chooses a form by log loss and fits it. The rows are divided into five folds; each form is fitted on four and scored on the
     * fifth. A form is taken when its gain over none is at least one standard error of the paired difference,
     * and would not be lost on half a row more that it is as wrong on as it could have been on any: surer predictions have to pay for
     * a mistake that may not have been seen yet. The one that keeps the largest gain is fitted again on all rows.
     *
     * <p>Tried are the scores as they are and a temperature; from 200 rows on Platt's form for two classes
     * and vector scaling for 3 to 50; from 2,000 rows on isotonic curves for up to 50; below 20 rows nothing. Each gets the
     * {@link Calibrator.Floor} of least loss over its rows and half a row more that it is as wrong on as it could be: 1 / (2 n + 1) where
     * none of n sure rows is wrong. Deterministic for a seed. Cost O(m K) a step of Newton's method and a floor, m K^2 a step for
     * vector scaling.
     *
     * @param outputs raw outputs of a model, m x c, none of them for rows it had learned from
     * @param rows number of the row of the data behind each; a row may occur several times and still counts once
     * @param labels class of each of the m, 0 .. K - 1
     * @throws IllegalArgumentException when there are no rows or the lengths differ
     */
    public static Calibration of(
            ClassCoding coding, DoubleMatrix outputs, int[] rows, int[] labels, Source source, long seed) {
        if (outputs.rows() == 0 || rows.length != outputs.rows() || labels.length != outputs.rows()) {
            throw new IllegalArgumentException(
                    "A calibration needs outputs, and for each a row number and a label; got " + outputs.rows() + ", "
                            + rows.length + " and " + labels.length);
        }
        return new CalibrationChoice(coding, ScoredRows.of(coding.decode(outputs), labels, rows), rows, source)
                .best(seed);
    }
}
