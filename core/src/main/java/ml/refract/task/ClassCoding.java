package ml.refract.task;

import java.util.Arrays;
import ml.refract.engine.Named;
import ml.refract.linalg.DoubleMatrix;

/**
 * How class labels become numeric targets and outputs become probabilities (specification of xRFM, section 9). Immutable.
 */
public final class ClassCoding {
    /** Probabilities are kept this far from 0 and 1, as in the reference implementation; nearer to them with more than 100 classes. */
    public static final double CLAMP = 1e-3;
    /** What all classes but one may be given at most by the clamp alone: else of 1,000 classes none had more than a half. */
    private static final double MOST_CLAMPED = 0.1;

    private final Kind kind;
    private final double[] priors;
    /** For {@link Kind#PREVALENCE} what is subtracted from each column of the simplex basis, its mean over the priors. */
    private final double[] origin;

    /** The codings. */
    public enum Kind implements Named {
        /** One column holding 0 or 1 for two classes, otherwise one indicator column per class. */
        ZERO_ONE("zero-one"),
        /**
         * K - 1 columns: class k is the k-th vertex of a regular simplex, shifted so that the origin stands for the class
         * frequencies. Far from the data predictions fall back to those.
         */
        PREVALENCE("prevalence"),
        /**
         * For logistic loss ({@link ml.refract.solver.LogisticTargets}): outputs are logits above those of the class frequencies, one
         * column for two classes and otherwise one per class.
         */
        LOGIT("logit");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /** Name in options and model files. */
        @Override
        public String id() {
            return id;
        }

        /**
         * The coding of an id.
         *
         * @throws IllegalArgumentException when there is none
         */
        public static Kind of(String id) {
            return Named.of(Kind.class, "class coding", id);
        }
    }

    private ClassCoding(Kind kind, double[] priors) {
        this.kind = kind;
        this.priors = priors;
        this.origin = kind == Kind.PREVALENCE ? origin(priors) : new double[0];
    }

    /**
     * @param priors share of each class among the training labels
     * @throws IllegalArgumentException with fewer than two classes, and for logits when a class has no share
     */
    public static ClassCoding of(Kind kind, double[] priors) {
        if (priors.length < 2) {
            throw new IllegalArgumentException("Classification needs at least two classes, got " + priors.length);
        }
        if (kind == Kind.LOGIT && !Arrays.stream(priors).allMatch(share -> share > 0)) {
            throw new IllegalArgumentException(
                    "Logits need a share above 0 of every class, got " + Arrays.toString(priors));
        }
        return new ClassCoding(kind, priors.clone());
    }

    /**
     * The coding whose priors are the shares of the given labels; for logits with half a row more of each class, so that there is a
     * logarithm of every share.
     */
    public static ClassCoding of(Kind kind, int[] labels, int classes) {
        double more = kind == Kind.LOGIT ? 0.5 : 0;
        double[] priors = new double[classes];
        Arrays.fill(priors, more / (labels.length + classes * more));
        for (int label : labels) {
            priors[label] += 1 / (labels.length + classes * more);
        }
        return of(kind, priors);
    }

    /**
     * Entry (k, l) of the orthonormal basis (K x (K - 1)) of the vectors that sum to zero: the QR factorisation, with positive
     * diagonal, of the matrix whose column j is e_j - e_K. Column l is -1 / (l + 1) in the rows before l and in the last one, 1 in row
     * l and 0 in between, divided by its length.
     */
    private static double basis(int k, int l, int classes) {
        double length = Math.sqrt((l + 2.0) / (l + 1));
        return k == l ? 1 / length : k < l || k == classes - 1 ? -1 / ((l + 1) * length) : 0;
    }

    private static double[] origin(double[] priors) {
        double[] origin = new double[priors.length - 1];
        double before = 0;
        for (int l = 0; l < origin.length; l++) {
            double others = before + priors[priors.length - 1];
            origin[l] = priors[l] * basis(l, l, priors.length) + others * basis(priors.length - 1, l, priors.length);
            before += priors[l];
        }
        return origin;
    }

    /** Which coding. */
    public Kind kind() {
        return kind;
    }

    /** Number of classes, K. */
    public int classes() {
        return priors.length;
    }

    /** A copy of the class shares. */
    public double[] priors() {
        return priors.clone();
    }

    /** Number of target columns. */
    public int outputs() {
        return kind == Kind.PREVALENCE || classes() == 2 ? classes() - 1 : classes();
    }

    /** Targets for labels 0 .. K - 1, n x outputs. */
    public DoubleMatrix encode(int[] labels) {
        DoubleMatrix targets = DoubleMatrix.zeros(labels.length, outputs());
        for (int i = 0; i < labels.length; i++) {
            for (int l = 0; l < outputs(); l++) {
                targets.set(i, l, code(labels[i], l));
            }
        }
        return targets;
    }

    private double code(int label, int output) {
        if (kind != Kind.PREVALENCE) {
            double indicator = classes() == 2 ? label : label == output ? 1 : 0;
            return kind == Kind.LOGIT ? indicator - priors[classes() == 2 ? 1 : output] : indicator;
        }
        return basis(label, output, classes()) - origin[output];
    }

    /**
     * Class scores, m x K: shares that sum to one where the coding makes them so, before any clamping; for
     * {@link Kind#LOGIT} logarithms of probabilities less their mean, which sum to zero. An affine map of each row.
     */
    public DoubleMatrix decode(DoubleMatrix outputs) {
        if (kind == Kind.LOGIT) {
            return logits(outputs);
        }
        if (kind == Kind.ZERO_ONE && classes() > 2) {
            return outputs;
        }
        DoubleMatrix scores = DoubleMatrix.zeros(outputs.rows(), classes());
        for (int i = 0; i < outputs.rows(); i++) {
            if (kind == Kind.ZERO_ONE) {
                scores.set(i, 0, 1 - outputs.get(i, 0));
                scores.set(i, 1, outputs.get(i, 0));
            } else {
                decodeSimplex(outputs, scores, i);
            }
        }
        return scores;
    }

    /** Priors plus the basis times the outputs of a row; what rows of the basis have in common is summed up once. */
    private void decodeSimplex(DoubleMatrix outputs, DoubleMatrix scores, int row) {
        int last = classes() - 1;
        double after = 0;
        for (int k = last - 1; k >= 0; k--) {
            double output = outputs.get(row, k);
            scores.set(row, k, priors[k] + basis(k, k, classes()) * output + after);
            after += basis(last, k, classes()) * output;
        }
        scores.set(row, last, priors[last] + after);
    }

    private DoubleMatrix logits(DoubleMatrix outputs) {
        int classes = classes();
        DoubleMatrix logits = DoubleMatrix.zeros(outputs.rows(), classes);
        for (int i = 0; i < outputs.rows(); i++) {
            double mean = 0;
            for (int k = 0; k < classes; k++) {
                double above = classes > 2 ? outputs.get(i, k) : k == 1 ? outputs.get(i, 0) : 0;
                logits.set(i, k, Math.log(priors[k]) + above);
                mean += logits.get(i, k) / classes;
            }
            for (int k = 0; k < classes; k++) {
                logits.set(i, k, logits.get(i, k) - mean);
            }
        }
        return logits;
    }

    /** The form by which scores are probabilities without calibration. */
    Calibrator uncalibrated() {
        return kind == Kind.LOGIT ? new Calibrator.Vector(1, new double[classes()]) : new Calibrator.None();
    }

    /** Probabilities of raw outputs without calibration, m x K: clamped shares, or the softmax of logits. */
    public DoubleMatrix uncalibrated(DoubleMatrix outputs) {
        return uncalibrated().apply(decode(outputs));
    }

    /** How far probabilities of so many classes are kept from 0 and 1 where no calibration says otherwise. */
    static double clamp(int classes) {
        return Math.min(CLAMP, MOST_CLAMPED / classes);
    }

    /** Clamps class scores to [epsilon, 1 - epsilon] and divides each row by its sum. */
    public static DoubleMatrix clamp(DoubleMatrix scores, double epsilon) {
        DoubleMatrix probabilities = scores.copy();
        double[] p = probabilities.values();
        int classes = scores.cols();
        for (int i = 0; i < scores.rows(); i++) {
            double sum = 0;
            for (int k = i * classes; k < (i + 1) * classes; k++) {
                p[k] = Math.min(1 - epsilon, Math.max(epsilon, p[k]));
                sum += p[k];
            }
            for (int k = i * classes; k < (i + 1) * classes; k++) {
                p[k] /= sum;
            }
        }
        return probabilities;
    }

    /**
     * Probabilities and class scores side by side, m x 2K: what leaves are averaged on. The scores only decide between
     * classes whose clamped probabilities are equal.
     */
    public DoubleMatrix read(DoubleMatrix outputs) {
        DoubleMatrix scores = decode(outputs);
        return beside(uncalibrated().apply(scores), scores);
    }

    /** Probabilities and scores, m x K each, side by side as in {@link #read}. */
    static DoubleMatrix beside(DoubleMatrix probabilities, DoubleMatrix scores) {
        int classes = scores.cols();
        DoubleMatrix both = DoubleMatrix.zeros(scores.rows(), 2 * classes);
        for (int i = 0; i < scores.rows(); i++) {
            probabilities.copyRow(i, both.values(), i * 2 * classes);
            scores.copyRow(i, both.values(), i * 2 * classes + classes);
        }
        return both;
    }

    /** The probabilities, m x K, out of what {@link #read} made. */
    public DoubleMatrix probabilities(DoubleMatrix read) {
        DoubleMatrix result = DoubleMatrix.zeros(read.rows(), classes());
        for (int i = 0; i < read.rows(); i++) {
            System.arraycopy(read.values(), i * read.cols(), result.values(), i * classes(), classes());
        }
        return result;
    }

    /** The most probable class of each row, by score where probabilities tie, then the first. */
    public int[] labels(DoubleMatrix read) {
        int classes = classes();
        int[] labels = new int[read.rows()];
        for (int i = 0; i < labels.length; i++) {
            for (int k = 1; k < classes; k++) {
                double lead = read.get(i, k) - read.get(i, labels[i]);
                double scoreLead = read.get(i, classes + k) - read.get(i, classes + labels[i]);
                if (lead > 0 || lead == 0 && scoreLead > 0) {
                    labels[i] = k;
                }
            }
        }
        return labels;
    }
}
