package ml.refract.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Readout;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.Score;
import ml.refract.rfm.Validation;
import ml.refract.task.HoldOut;

/**
 * What one setting predicts for rows it has not learned from: in every fold metric, ridge and coefficients are learned anew
 * without the rows held out (specification of xRFM, section 20), so nothing here has seen the targets it is compared with.
 *
 * @param rounds for each round, the raw outputs of the held-out rows, fold after fold
 */
record CrossFit(List<DoubleMatrix> rounds) {

    /** The held-out rows of all folds, fold after fold: the rows that outputs are for. */
    static int[] heldOutRows(List<HoldOut.Parts> folds) {
        return folds.stream()
                .flatMapToInt(fold -> java.util.Arrays.stream(fold.heldOut()))
                .toArray();
    }

    /**
     * Fits once per fold.
     *
     * @param x n x d
     * @param y n x c
     */
    static CrossFit of(Design x, DoubleMatrix y, List<HoldOut.Parts> folds, RfmOptions options, Execution execution) {
        List<List<DoubleMatrix>> byFold = new ArrayList<>();
        int most = 0;
        for (HoldOut.Parts fold : folds) {
            Recorder recorder = new Recorder(y.select(fold.heldOut()));
            Validation held = new Validation(x.select(fold.heldOut()), recorder);
            Rfm.fit(x.select(fold.train()), y.select(fold.train()), Optional.of(held), options, execution);
            byFold.add(recorder.outputs);
            most = Math.max(most, recorder.outputs.size());
        }
        List<DoubleMatrix> rounds = new ArrayList<>();
        for (int t = 0; t < most; t++) {
            rounds.add(stacked(byFold, t));
        }
        return new CrossFit(List.copyOf(rounds));
    }

    /** Outputs after a round; folds that ended before it stay as they were. */
    private static DoubleMatrix stacked(List<List<DoubleMatrix>> byFold, int round) {
        int rows = 0;
        for (List<DoubleMatrix> fold : byFold) {
            rows += fold.get(0).rows();
        }
        int cols = byFold.get(0).get(0).cols();
        DoubleMatrix all = DoubleMatrix.zeros(rows, cols);
        int at = 0;
        for (List<DoubleMatrix> fold : byFold) {
            double[] values = fold.get(Math.min(round, fold.size() - 1)).values();
            System.arraycopy(values, 0, all.values(), at, values.length);
            at += values.length;
        }
        return all;
    }

    /** Keeps the outputs it is asked to score. */
    private static final class Recorder implements Score {
        private final DoubleMatrix targets;
        private final List<DoubleMatrix> outputs = new ArrayList<>();

        Recorder(DoubleMatrix targets) {
            this.targets = targets;
        }

        @Override
        public Readout readout() {
            return Readout.identity();
        }

        @Override
        public double of(DoubleMatrix read) {
            outputs.add(read);
            double sum = 0;
            for (int k = 0; k < read.values().length; k++) {
                double error = read.values()[k] - targets.values()[k];
                sum += error * error;
            }
            return sum / read.rows();
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public Score select(int[] rows) {
            return new Recorder(targets.select(rows));
        }
    }
}
