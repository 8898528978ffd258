package ml.refract.testing;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Readout;
import ml.refract.rfm.Score;

/** Mean squared error on known targets, as a score for validation rows. */
public record MeanSquares(DoubleMatrix targets) implements Score {
    @Override
    public Readout readout() {
        return Readout.identity();
    }

    @Override
    public double of(DoubleMatrix read) {
        double sum = 0;
        for (int k = 0; k < read.values().length; k++) {
            sum += Math.pow(read.values()[k] - targets.values()[k], 2);
        }
        return sum / read.values().length;
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }

    @Override
    public Score select(int[] rows) {
        return new MeanSquares(targets.select(rows));
    }
}
