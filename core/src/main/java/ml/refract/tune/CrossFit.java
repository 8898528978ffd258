package ml.refract.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.Loss;
import ml.refract.rfm.Readout;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmFit;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RfmRound;
import ml.refract.rfm.Score;
import ml.refract.rfm.Validation;
import ml.refract.task.HoldOut;

/**
 * What one setting predicts for rows it has not learned from: in every fold metric and coefficients are learned anew without the
 * rows held out (specification of xRFM, section 20), so no metric here has seen the targets it is compared with. The ridges are
 * those of the first fold: a number for each round, chosen by leaving rows out, that moves little from fold to fold.
 */
final class CrossFit {
    private final FoldRows x;
    private final DoubleMatrix y;
    private final RfmOptions options;
    private final Execution execution;
    private final List<Recorder> folds = new ArrayList<>();
    private double[] ridges = {};
    private double[] leaveOneOut = {};

    /**
     * Begins with no fold.
     *
     * @param x n x d
     * @param y n x c
     */
    CrossFit(Design x, DoubleMatrix y, RfmOptions options, Execution execution) {
        this(new FoldRows(x, IntStream.range(0, x.rows()).toArray(), FoldCodes.none()), y, options, execution);
    }

    /** The same for rows of which some coordinates come from targets. */
    CrossFit(FoldRows x, DoubleMatrix y, RfmOptions options, Execution execution) {
        this.x = x;
        this.y = y;
        this.options = options;
        this.execution = execution;
    }

    /** The held-out rows of all folds, fold after fold: the rows that outputs are for. */
    static int[] heldOutRows(List<HoldOut.Parts> folds) {
        return folds.stream()
                .flatMapToInt(fold -> Arrays.stream(fold.heldOut()))
                .toArray();
    }

    /**
     * Fits without the rows that a fold holds out.
     *
     * @param iterations updates of the metric, at most those of the options
     */
    void add(HoldOut.Parts fold, int iterations) {
        RfmOptions options = this.options.toBuilder().iterations(iterations).build();
        Design trainX = x.train(fold, options.ignored());
        DoubleMatrix all = y.select(fold.train());
        int[] columns = occurring(all);
        DoubleMatrix trainY = columns.length == all.cols() ? all : columns(all, columns);
        Recorder recorder = new Recorder(options.loss(), y.select(fold.heldOut()), columns);
        Optional<Validation> held = Optional.of(new Validation(x.heldOut(fold, options.ignored()), recorder));
        if (folds.isEmpty()) {
            RfmFit fit = Rfm.fit(trainX, trainY, held, options, execution);
            ridges = fit.rounds().stream().mapToDouble(RfmRound::ridge).toArray();
            leaveOneOut =
                    fit.rounds().stream().mapToDouble(RfmRound::leaveOneOut).toArray();
        } else {
            Rfm.fit(trainX, trainY, held, options, ridges, execution);
        }
        folds.add(recorder);
    }

    /** The targets that are not all zero: of the others, such as classes without a row, every output is zero. */
    private static int[] occurring(DoubleMatrix targets) {
        int cols = targets.cols();
        boolean[] occurs = new boolean[cols];
        for (int k = 0; k < targets.values().length; k++) {
            occurs[k % cols] |= targets.values()[k] != 0;
        }
        int[] columns = IntStream.range(0, cols).filter(l -> occurs[l]).toArray();
        return columns.length == 0 ? new int[] {0} : columns;
    }

    private static DoubleMatrix columns(DoubleMatrix all, int[] columns) {
        DoubleMatrix some = DoubleMatrix.zeros(all.rows(), columns.length);
        for (int i = 0; i < all.rows(); i++) {
            for (int l = 0; l < columns.length; l++) {
                some.set(i, l, all.get(i, columns[l]));
            }
        }
        return some;
    }

    /** For each round, the raw outputs of the held-out rows of the folds so far; folds that ended before it stay as they were. */
    List<DoubleMatrix> rounds() {
        int most = folds.stream().mapToInt(fold -> fold.outputs.size()).max().orElse(0);
        return IntStream.range(0, most).mapToObj(this::stacked).toList();
    }

    /**
     * What a round makes of rows held out, over what leave-one-out says under the metric of that round, which has seen the rows it is
     * asked about (specification of xRFM, section 20): the mean loss over all folds so far against that of the first. NaN where the
     * ridge was not chosen by leave-one-out.
     */
    double optimism(int round) {
        double sum = 0;
        int rows = 0;
        for (Recorder fold : folds) {
            int count = fold.targets.rows();
            sum += count * fold.losses.get(Math.min(round, fold.losses.size() - 1));
            rows += count;
        }
        return sum / rows / leaveOneOut[Math.min(round, leaveOneOut.length - 1)];
    }

    private DoubleMatrix stacked(int round) {
        int rows = 0;
        for (Recorder fold : folds) {
            rows += fold.targets.rows();
        }
        int cols = y.cols();
        DoubleMatrix all = DoubleMatrix.zeros(rows, cols);
        int at = 0;
        for (Recorder fold : folds) {
            List<DoubleMatrix> outputs = fold.outputs;
            double[] values = outputs.get(Math.min(round, outputs.size() - 1)).values();
            System.arraycopy(values, 0, all.values(), at, values.length);
            at += values.length;
        }
        return all;
    }

    /** Keeps the outputs it is asked to score. */
    private static final class Recorder implements Score {
        private final Loss loss;
        private final DoubleMatrix targets;
        /** Which of the targets it is told outputs for. */
        private final int[] columns;

        private final List<DoubleMatrix> outputs = new ArrayList<>();
        private final List<Double> losses = new ArrayList<>();

        Recorder(Loss loss, DoubleMatrix targets, int[] columns) {
            this.loss = loss;
            this.targets = targets;
            this.columns = columns;
        }

        @Override
        public Readout readout() {
            return Readout.identity();
        }

        @Override
        public double of(DoubleMatrix read) {
            DoubleMatrix all = read.cols() == targets.cols() ? read : withOthers(read);
            outputs.add(all);
            double mean = loss.mean(all, targets);
            losses.add(mean);
            return mean;
        }

        private DoubleMatrix withOthers(DoubleMatrix read) {
            DoubleMatrix all = DoubleMatrix.zeros(read.rows(), targets.cols());
            for (int i = 0; i < read.rows(); i++) {
                for (int l = 0; l < columns.length; l++) {
                    all.set(i, columns[l], read.get(i, l));
                }
            }
            return all;
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public Score select(int[] rows) {
            return new Recorder(loss, targets.select(rows), columns);
        }
    }
}
