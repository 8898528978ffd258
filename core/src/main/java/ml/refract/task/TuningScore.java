package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Readout;
import ml.refract.rfm.Score;

/** The score by which a fit chooses among its iterates. */
public enum TuningScore {
    /** Mean squared error; regression. */
    MSE(false, false),
    /** Mean absolute error; regression. */
    MAE(false, false),
    /** Brier score; classification. Also the better choice when accuracy is what counts. */
    BRIER(true, false),
    /** Log loss; classification. */
    LOG_LOSS(true, false),
    /** Accuracy; classification. */
    ACCURACY(true, true),
    /** Area under the ROC curve; classification. */
    AUC(true, true),
    /** F1 score; classification. */
    F1(true, true);

    private final boolean classification;
    private final boolean higherIsBetter;

    TuningScore(boolean classification, boolean higherIsBetter) {
        this.classification = classification;
        this.higherIsBetter = higherIsBetter;
    }

    /** Whether it scores classes rather than numbers. */
    public boolean isForClassification() {
        return classification;
    }

    Score on(DoubleMatrix targets) {
        return new OnTargets(this, targets);
    }

    Score on(int[] labels, ClassCoding coding) {
        return new OnLabels(this, labels, coding);
    }

    private record OnTargets(TuningScore kind, DoubleMatrix targets) implements Score {
        @Override
        public Readout readout() {
            return Readout.identity();
        }

        @Override
        public double of(DoubleMatrix read) {
            return kind == MAE ? Scores.mae(targets, read) : Scores.mse(targets, read);
        }

        @Override
        public boolean higherIsBetter() {
            return kind.higherIsBetter;
        }

        @Override
        public Score select(int[] rows) {
            return new OnTargets(kind, targets.select(rows));
        }
    }

    private record OnLabels(TuningScore kind, int[] labels, ClassCoding coding) implements Score {
        @Override
        public Readout readout() {
            return coding::read;
        }

        @Override
        public double of(DoubleMatrix read) {
            return switch (kind) {
                case LOG_LOSS -> Scores.logLoss(labels, coding.probabilities(read));
                case ACCURACY -> Scores.accuracy(labels, coding.labels(read));
                case AUC -> Scores.auc(labels, coding.probabilities(read));
                case F1 -> Scores.f1(labels, coding.labels(read), coding.classes());
                default -> Scores.brier(labels, coding.probabilities(read));
            };
        }

        @Override
        public boolean higherIsBetter() {
            return kind.higherIsBetter;
        }

        @Override
        public Score select(int[] rows) {
            int[] picked = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                picked[i] = labels[rows[i]];
            }
            return new OnLabels(kind, picked, coding);
        }
    }
}
