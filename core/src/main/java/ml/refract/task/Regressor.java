package ml.refract.task;

import java.util.ArrayList;
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
 * A trained regression model: an xRFM on transformed targets and the way back to the targets' units.
 *
 * @param model the xRFM
 * @param targets how each of its raw outputs is read
 */
public record Regressor(XrfmModel model, List<TargetScale> targets) implements Predictor {
    public Regressor {
        targets = List.copyOf(targets);
    }

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
        return fit(train, standard(train.y()), options, execution);
    }

    /**
     * The same for transformed targets; the iterate is chosen by the error of what is learned.
     *
     * @param transforms one for each column; those that only standardise do so anew with the rows that are learned from
     */
    public static Fitted<Regressor> fit(
            Data train, List<TargetTransform> transforms, TaskOptions options, Execution execution) {
        HoldOut.Parts parts = HoldOut.random(
                train.x().rows(), options.holdOut(), options.xrfm().seed());
        if (parts.heldOut().length == 0) {
            return fit(train, Optional.empty(), transforms, options, execution);
        }
        Execution first = execution.withProgress(execution.progress().part(0, 0.85));
        Fitted<Regressor> chosen = fit(
                train.select(parts.train()), Optional.of(train.select(parts.heldOut())), transforms, options, first);
        Execution last = execution.withProgress(execution.progress().part(0.85, 1));
        Regressor all = chosen.predictor().refit(train, options, last);
        execution.progress().report("done", 1);
        return new Fitted<>(all, chosen.predictor(), chosen.fit(), parts.heldOut());
    }

    /**
     * The same splits, metrics, routing and transforms, with coefficients solved again on the given rows: usually all there are,
     * after some had been held out to choose the model.
     */
    public Regressor refit(Data all, TaskOptions options, Execution execution) {
        options.requireForNumbers();
        List<TargetScale> scales = new ArrayList<>();
        for (int l = 0; l < targets.size(); l++) {
            scales.add(targets.get(l).on(all.y().col(l)));
        }
        XrfmModel refitted = Xrfm.refit(model, all.x(), learned(all.y(), scales), options.xrfm(), execution);
        return new Regressor(refitted, scales);
    }

    /**
     * Fits on the training rows; the given validation rows choose the iterate and nothing else.
     *
     * @throws IllegalArgumentException when shapes do not match or a target is not finite
     */
    public static Fitted<Regressor> fit(
            Data train, Optional<Data> validation, TaskOptions options, Execution execution) {
        return fit(train, validation, standard(train.y()), options, execution);
    }

    /** The same for transformed targets; see {@link #fit(Data, List, TaskOptions, Execution)}. */
    public static Fitted<Regressor> fit(
            Data train,
            Optional<Data> validation,
            List<TargetTransform> transforms,
            TaskOptions options,
            Execution execution) {
        options.requireForNumbers();
        List<TargetScale> scales = scales(train.y(), transforms);
        DoubleMatrix targets = learned(train.y(), scales);
        Score trainScore = options.regressionScore().on(targets);
        Optional<Validation> held = validation.map(data ->
                new Validation(data.x(), options.regressionScore().on(learned(data.y(), scales))));
        XrfmFit fit = Xrfm.fit(train.x(), targets, trainScore, held, options.xrfm(), execution);
        Regressor regressor = new Regressor(fit.model(), scales);
        return new Fitted<>(regressor, regressor, fit, new int[0]);
    }

    /** Predictions in the targets' units, m x c. */
    public DoubleMatrix predict(Design rows, Execution execution) {
        return read(model.predict(rows, Readout.identity(), execution));
    }

    /** Mean of each target column over the rows it learned from. */
    public double[] means() {
        return targets.stream().mapToDouble(TargetScale::mean).toArray();
    }

    /** The same around another xRFM of the same outputs. */
    public Regressor withModel(XrfmModel other) {
        return new Regressor(other, targets);
    }

    /**
     * The same, reading the mean from outputs; see {@link TargetScale#withErrors}.
     *
     * @param y k x c, targets of rows
     * @param outputs k x c, raw outputs for them of models that had not learned from them
     */
    public Regressor withErrors(DoubleMatrix y, DoubleMatrix outputs) {
        return new Regressor(model, withErrors(targets, learned(y, targets), outputs));
    }

    /**
     * Scales with errors.
     *
     * @param learned k x c, what outputs should be
     * @param outputs k x c, what they are
     */
    public static List<TargetScale> withErrors(List<TargetScale> scales, DoubleMatrix learned, DoubleMatrix outputs) {
        List<TargetScale> result = new ArrayList<>();
        for (int l = 0; l < scales.size(); l++) {
            double[] errors = learned.col(l);
            for (int i = 0; i < errors.length; i++) {
                errors[i] -= outputs.get(i, l);
            }
            result.add(scales.get(l).withErrors(errors));
        }
        return result;
    }

    /** Transforms that only standardise. */
    public static List<TargetTransform> standard(DoubleMatrix y) {
        List<TargetTransform> transforms = new ArrayList<>();
        for (int l = 0; l < y.cols(); l++) {
            transforms.add(StandardTargets.of(y.col(l)));
        }
        return transforms;
    }

    /**
     * The scales a fit gives to targets, n x c.
     *
     * @param transforms one for each column
     */
    public static List<TargetScale> scales(DoubleMatrix y, List<TargetTransform> transforms) {
        if (transforms.size() != y.cols()) {
            throw new IllegalArgumentException(
                    "There are " + y.cols() + " columns of targets and " + transforms.size() + " transforms");
        }
        List<TargetScale> scales = new ArrayList<>();
        for (int l = 0; l < y.cols(); l++) {
            double[] column = y.col(l);
            scales.add(TargetScale.of(column, transforms.get(l)).on(column));
        }
        return scales;
    }

    /** What the xRFM learns for targets, both n x c. */
    public static DoubleMatrix learned(DoubleMatrix y, List<TargetScale> scales) {
        DoubleMatrix result = DoubleMatrix.zeros(y.rows(), y.cols());
        for (int i = 0; i < y.rows(); i++) {
            for (int l = 0; l < y.cols(); l++) {
                result.set(i, l, scales.get(l).transform().forward(y.get(i, l)));
            }
        }
        return result;
    }

    /**
     * Several models of the same targets as one.
     *
     * @param weights one per model, above 0, summing to 1
     */
    public static Regressor average(List<Regressor> models, double[] weights) {
        XrfmModel model =
                XrfmModel.average(models.stream().map(Regressor::model).toList(), weights);
        return models.get(0).withModel(model);
    }

    /** Raw outputs of the xRFM, m x c, in the targets' units. */
    public DoubleMatrix read(DoubleMatrix outputs) {
        return read(outputs, targets);
    }

    /** Raw outputs, m x c, in the targets' units. */
    public static DoubleMatrix read(DoubleMatrix outputs, List<TargetScale> scales) {
        DoubleMatrix result = outputs.copy();
        for (int k = 0; k < result.values().length; k++) {
            result.values()[k] = scales.get(k % result.cols()).read(result.values()[k]);
        }
        return result;
    }
}
