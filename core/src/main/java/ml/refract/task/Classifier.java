package ml.refract.task;

import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Loss;
import ml.refract.rfm.Readout;
import ml.refract.rfm.Score;
import ml.refract.rfm.Validation;
import ml.refract.xrfm.Xrfm;
import ml.refract.xrfm.XrfmFit;
import ml.refract.xrfm.XrfmModel;

/**
 * A trained classification model: an xRFM on class codes and the way back to probabilities and classes.
 *
 * @param model the xRFM
 * @param coding the class coding, with the class shares of the training rows
 * @param calibration how scores become probabilities; without one, or with {@link Calibrator.None}, they are clamped leaf by leaf
 * @param decision how probabilities become a class
 */
public record Classifier(XrfmModel model, ClassCoding coding, Optional<Calibration> calibration, Decision decision)
        implements Predictor {

    public Classifier {
        if (decision.classes() != 0 && decision.classes() != coding.classes()) {
            throw new IllegalArgumentException("The decision is between " + decision.classes()
                    + " classes, the classifier knows " + coding.classes());
        }
    }

    /** Without calibration; the most probable class is predicted. */
    public Classifier(XrfmModel model, ClassCoding coding) {
        this(model, coding, Optional.empty(), new Decision.MostProbable());
    }

    /**
     * Rows with their labels.
     *
     * @param x n x d
     * @param labels class of each row, 0 .. classes - 1
     * @param classes number of classes, K
     */
    public record Data(Design x, int[] labels, int classes) {
        public Data {
            if (x.rows() != labels.length) {
                throw new IllegalArgumentException(
                        "There are " + x.rows() + " rows of inputs and " + labels.length + " labels");
            }
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] < 0 || labels[i] >= classes) {
                    throw new IllegalArgumentException(
                            "The label of row " + i + " is " + labels[i] + "; labels run from 0 to " + (classes - 1));
                }
            }
        }

        private Data select(int[] rows) {
            int[] picked = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                picked[i] = labels[rows[i]];
            }
            return new Data(x.select(rows), picked, classes);
        }
    }

    /** Fits with validation inside: a share of each class is held out to choose the iterate, then all rows are used. */
    public static Fitted<Classifier> fit(Data train, TaskOptions options, Execution execution) {
        HoldOut.Parts parts = HoldOut.stratified(
                train.labels(),
                train.classes(),
                options.holdOut(),
                options.xrfm().seed());
        if (parts.heldOut().length == 0) {
            return fit(train, Optional.empty(), options, execution);
        }
        Execution first = execution.withProgress(execution.progress().part(0, 0.85));
        Fitted<Classifier> chosen =
                fit(train.select(parts.train()), Optional.of(train.select(parts.heldOut())), options, first);
        Execution last = execution.withProgress(execution.progress().part(0.85, 1));
        Classifier all = chosen.predictor().refit(train, options, last);
        execution.progress().report("done", 1);
        return new Fitted<>(all, chosen.predictor(), chosen.fit(), parts.heldOut());
    }

    /**
     * The same splits, metrics and routing, with coefficients solved again on the given rows: usually all there are, after
     * some had been held out to choose the model. Calibration and decision stay.
     *
     * @throws IllegalArgumentException when the options name another loss than that of the model
     */
    public Classifier refit(Data all, TaskOptions options, Execution execution) {
        boolean logistic = options.xrfm().leaf().loss() == Loss.LOGISTIC;
        if (logistic != (coding.kind() == ClassCoding.Kind.LOGIT)) {
            throw new IllegalArgumentException("The model has the class coding "
                    + coding.kind().id() + ", which does not go with the loss "
                    + options.xrfm().leaf().loss().id() + " of the options");
        }
        ClassCoding shares = ClassCoding.of(coding.kind(), all.labels(), all.classes());
        return new Classifier(
                Xrfm.refit(model, all.x(), shares.encode(all.labels()), options.xrfm(), execution),
                shares,
                calibration,
                decision);
    }

    /**
     * Fits on the training rows; the given validation rows choose the iterate and nothing else.
     *
     * @throws IllegalArgumentException when shapes do not match or a label is out of range
     */
    public static Fitted<Classifier> fit(
            Data train, Optional<Data> validation, TaskOptions options, Execution execution) {
        ClassCoding coding = ClassCoding.of(options.codes(), train.labels(), train.classes());
        Score trainScore = options.classificationScore().on(train.labels(), coding);
        Optional<Validation> held = validation.map(
                data -> new Validation(data.x(), options.classificationScore().on(data.labels(), coding)));
        XrfmFit fit = Xrfm.fit(train.x(), coding.encode(train.labels()), trainScore, held, options.xrfm(), execution);
        Classifier classifier = new Classifier(fit.model(), coding);
        return new Fitted<>(classifier, classifier, fit, new int[0]);
    }

    /** Number of classes, K. */
    public int classes() {
        return coding.classes();
    }

    /** The same with another xRFM of the same outputs, such as one whose training rows were renamed. */
    public Classifier withModel(XrfmModel other) {
        return new Classifier(other, coding, calibration, decision);
    }

    /** The same with outputs turned into probabilities in another way. */
    public Classifier withCalibration(Calibration other) {
        return new Classifier(model, coding, Optional.of(other), decision);
    }

    /**
     * The same with classes chosen in another way.
     *
     * @throws IllegalArgumentException when it decides between another number of classes
     */
    public Classifier withDecision(Decision other) {
        return new Classifier(model, coding, calibration, other);
    }

    /**
     * Classes and probabilities. Unless another {@link Decision} was set, the class is the most probable one after calibration,
     * which need not be the one of the highest score; where probabilities are equal the score decides, then the order of
     * classes.
     */
    public ClassPredictions predict(Design rows, Execution execution) {
        return calibrator().isPresent()
                ? read(model.predict(rows, Readout.identity(), execution))
                : classes(model.predict(rows, coding::read, execution));
    }

    private Optional<Calibrator> calibrator() {
        return calibration.map(Calibration::form).filter(form -> !(form instanceof Calibrator.None));
    }

    /**
     * Several models of the same classes as one. Calibrations and decisions are left behind: they were
     * fitted on the outputs of each.
     *
     * @param weights one per model, above 0, summing to 1
     */
    public static Classifier average(List<Classifier> models, double[] weights) {
        XrfmModel model =
                XrfmModel.average(models.stream().map(Classifier::model).toList(), weights);
        return new Classifier(model, models.get(0).coding());
    }

    /** What raw outputs of the xRFM, m x c, averaged over leaves and trees, say. */
    public ClassPredictions read(DoubleMatrix outputs) {
        DoubleMatrix scores = coding.decode(outputs);
        return classes(calibrator()
                .map(form -> ClassCoding.beside(form.apply(scores), scores))
                .orElseGet(() -> coding.read(outputs)));
    }

    private ClassPredictions classes(DoubleMatrix read) {
        DoubleMatrix probabilities = coding.probabilities(read);
        int[] labels = decision instanceof Decision.MostProbable ? coding.labels(read) : decision.labels(probabilities);
        return new ClassPredictions(labels, probabilities);
    }
}
