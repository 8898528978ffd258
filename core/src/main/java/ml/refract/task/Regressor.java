package ml.refract.task;

import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Readout;
import ml.refract.rfm.Score;
import ml.refract.rfm.Validation;
import ml.refract.xrfm.Xrfm;
import ml.refract.xrfm.XrfmFit;
import ml.refract.xrfm.XrfmModel;

/**
 * A trained regression model: an xRFM on standardised targets and the way back to the target's units.
 *
 * @param model the xRFM
 * @param means mean of each target column over the training rows
 * @param deviations standard deviation (divisor n) of each target column over the training rows
 */
public record Regressor(XrfmModel model, double[] means, double[] deviations) implements Predictor {
    private static final double LEAST_DEVIATION = 1e-30;

    /**
     * Rows with their targets.
     *
     * @param x n x d
     * @param y n x c
     */
    public record Data(Design x, DoubleMatrix y) {
        public Data {
            if (x.rows() != y.rows()) {
                throw new IllegalArgumentException(
                        "There are " + x.rows() + " rows of inputs and " + y.rows() + " rows of targets");
            }
            for (int k = 0; k < y.values().length; k++) {
                if (!Double.isFinite(y.values()[k])) {
                    throw new IllegalArgumentException("The target of row " + k / y.cols() + " is " + y.values()[k]
                            + "; targets must be finite numbers. Drop such rows first");
                }
            }
        }

        private Data select(int[] rows) {
            return new Data(x.select(rows), y.select(rows));
        }
    }

    /** Fits with validation inside: a share of the rows is held out to choose the iterate, then all are used. */
    public static Fitted<Regressor> fit(Data train, TaskOptions options, Execution execution) {
        HoldOut.Parts parts = HoldOut.random(
                train.x().rows(), options.holdOut(), options.xrfm().seed());
        if (parts.heldOut().length == 0) {
            return fit(train, Optional.empty(), options, execution);
        }
        Execution first = execution.withProgress(execution.progress().part(0, 0.85));
        Fitted<Regressor> chosen =
                fit(train.select(parts.train()), Optional.of(train.select(parts.heldOut())), options, first);
        Execution last = execution.withProgress(execution.progress().part(0.85, 1));
        Regressor all = chosen.predictor().refit(train, options, last);
        execution.progress().report("done", 1);
        return new Fitted<>(all, chosen.predictor(), chosen.fit(), parts.heldOut());
    }

    /**
     * The same splits, metrics and routing, with coefficients solved again on the given rows: usually all there are, after
     * some had been held out to choose the model.
     */
    public Regressor refit(Data all, TaskOptions options, Execution execution) {
        Standardised standardised = new Standardised(all.y());
        XrfmModel refitted = Xrfm.refit(model, all.x(), standardised.targets(), options.xrfm(), execution);
        return new Regressor(refitted, standardised.means(), standardised.deviations());
    }

    /**
     * Fits on the training rows; the given validation rows choose the iterate and nothing else.
     *
     * @throws IllegalArgumentException when shapes do not match or a target is not finite
     */
    public static Fitted<Regressor> fit(
            Data train, Optional<Data> validation, TaskOptions options, Execution execution) {
        Standardised standardised = new Standardised(train.y());
        Score trainScore = options.regressionScore().on(standardised.targets());
        Optional<Validation> held = validation.map(
                data -> new Validation(data.x(), options.regressionScore().on(standardised.standardise(data.y()))));
        XrfmFit fit = Xrfm.fit(train.x(), standardised.targets(), trainScore, held, options.xrfm(), execution);
        Regressor regressor = new Regressor(fit.model(), standardised.means(), standardised.deviations());
        return new Fitted<>(regressor, regressor, fit, new int[0]);
    }

    /** Predictions in the target's units, m x c. */
    public DoubleMatrix predict(Design rows, Execution execution) {
        return read(model.predict(rows, Readout.identity(), execution));
    }

    /** Targets, n x c, with mean 0 and deviation 1 in each column: what the xRFM learns. */
    public static DoubleMatrix standardise(DoubleMatrix y) {
        return new Standardised(y).targets();
    }

    /**
     * Several models of the same targets as one.
     *
     * @param weights one per model, above 0, summing to 1
     */
    public static Regressor average(List<Regressor> models, double[] weights) {
        XrfmModel model =
                XrfmModel.average(models.stream().map(Regressor::model).toList(), weights);
        return new Regressor(model, models.get(0).means(), models.get(0).deviations());
    }

    /** Raw outputs of the xRFM, m x c, in the target's units. */
    public DoubleMatrix read(DoubleMatrix outputs) {
        DoubleMatrix result = outputs.copy();
        for (int k = 0; k < result.values().length; k++) {
            int l = k % result.cols();
            result.values()[k] = means[l] + deviations[l] * result.values()[k];
        }
        return result;
    }

    /** Targets with mean 0 and deviation 1 per column. */
    private static final class Standardised {
        private final double[] means;
        private final double[] deviations;
        private final DoubleMatrix targets;

        Standardised(DoubleMatrix y) {
            means = new double[y.cols()];
            deviations = new double[y.cols()];
            for (int l = 0; l < y.cols(); l++) {
                double[] column = y.col(l);
                double sum = 0;
                for (double value : column) {
                    sum += value;
                }
                means[l] = sum / column.length;
                double squares = 0;
                for (double value : column) {
                    squares += (value - means[l]) * (value - means[l]);
                }
                deviations[l] = Math.sqrt(squares / column.length);
            }
            targets = standardise(y);
        }

        DoubleMatrix standardise(DoubleMatrix y) {
            DoubleMatrix result = DoubleMatrix.zeros(y.rows(), y.cols());
            for (int i = 0; i < y.rows(); i++) {
                for (int l = 0; l < y.cols(); l++) {
                    result.set(i, l, (y.get(i, l) - means[l]) / (deviations[l] + LEAST_DEVIATION));
                }
            }
            return result;
        }

        DoubleMatrix targets() {
            return targets;
        }

        double[] means() {
            return means;
        }

        double[] deviations() {
            return deviations;
        }
    }
}
