package ml.refract.task;

import java.util.Arrays;
import ml.refract.engine.Named;
import ml.refract.linalg.DoubleMatrix;

/**
 * How class labels become numeric targets and outputs become probabilities (specification of xRFM, section 9). Immutable.
 */
public final class ClassCoding {
    /** Probabilities are kept this far from 0 and 1, as in the reference implementation. */
    public static final double CLAMP = 1e-3;

    private final Kind kind;
    private final double[] priors;
    private final DoubleMatrix basis;

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
        this.basis = simplexBasis(priors.length);
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
     * Orthonormal basis (K x (K - 1)) of the vectors that sum to zero: the QR factorisation, with positive diagonal, of the
     * matrix whose column j is e_j - e_K.
     */
    private static DoubleMatrix simplexBasis(int classes) {
        DoubleMatrix q = DoubleMatrix.zeros(classes, classes - 1);
        for (int j = 0; j < classes - 1; j++) {
            double[] column = new double[classes];
            column[j] = 1;
            column[classes - 1] = -1;
            for (int pass = 0; pass < 2; pass++) { // once more for full orthogonality
                for (int i = 0; i < j; i++) {
                    double dot = 0;
                    for (int s = 0; s < classes; s++) {
                        dot += q.get(s, i) * column[s];
                    }
                    for (int s = 0; s < classes; s++) {
                        column[s] -= dot * q.get(s, i);
                    }
                }
            }
            double norm = 0;
            for (double entry : column) {
                norm += entry * entry;
            }
            for (int s = 0; s < classes; s++) {
                q.set(s, j, column[s] / Math.sqrt(norm));
            }
        }
        return q;
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
        double mean = 0;
        for (int k = 0; k < classes(); k++) {
            mean += priors[k] * basis.get(k, output);
        }
        return basis.get(label, output) - mean;
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
            for (int k = 0; k < classes(); k++) {
                double score;
                if (kind == Kind.ZERO_ONE) {
                    score = k == 1 ? outputs.get(i, 0) : 1 - outputs.get(i, 0);
                } else {
                    score = priors[k];
                    for (int l = 0; l < outputs.cols(); l++) {
                        score += basis.get(k, l) * outputs.get(i, l);
                    }
                }
                scores.set(i, k, score);
            }
        }
        return scores;
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
