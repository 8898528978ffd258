package ml.refract.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import ml.refract.linalg.DoubleMatrix;

/**
 * The choice among calibrators.
 *
 * @param coding how scores were made
 * @param rows number of the row of the data behind each of {@code scored}
 */
record CalibrationChoice(ClassCoding coding, ScoredRows scored, int[] rows, Calibration.Source source) {
    private static final int FOLDS = 5;
    private static final int LEAST_ROWS = 20;
    private static final int LEAST_ROWS_FOR_OFFSETS = 200;
    private static final int LEAST_ROWS_FOR_CURVES = 2_000;
    /** Of more classes there are too few rows each for an offset or a curve, and a Hessian has the square of their number. */
    private static final int MOST_CLASSES = 50;

    /** Fits one form. */
    private interface Fitter extends Function<ScoredRows, Calibrator> {
        default Calibrator withFloor(ScoredRows rows) {
            return FloorFit.on(apply(rows), rows);
        }
    }

    Calibration best(long seed) {
        int different = (int) Arrays.stream(rows).distinct().count();
        DoubleMatrix uncalibrated = coding.uncalibrated().apply(scored.scores());
        Calibration best = calibration(new Calibrator.None(), different, uncalibrated, uncalibrated);
        if (different < LEAST_ROWS) {
            return best;
        }
        List<HoldOut.Parts> folds = Folds.grouped(rows, FOLDS, seed);
        double most = 0;
        for (Fitter fitter : allowed(different)) {
            DoubleMatrix crossFitted = crossFitted(fitter, folds);
            Calibration found = calibration(fitter.withFloor(scored), different, uncalibrated, crossFitted);
            double gain = found.uncalibratedLogLoss() - found.logLoss();
            double rise = FloorFit.UNSEEN * largestRise(uncalibrated, crossFitted);
            double cautious = (different * gain - rise) / (different + FloorFit.UNSEEN);
            if (cautious > most && gain >= found.standardError()) {
                most = cautious;
                best = found;
            }
        }
        return best;
    }

    /** The most that the loss of a row could have risen, had its class been another. */
    private static double largestRise(DoubleMatrix before, DoubleMatrix after) {
        double rise = 0;
        for (int k = 0; k < before.values().length; k++) {
            rise = Math.max(rise, Math.log(before.values()[k] / after.values()[k]));
        }
        return rise;
    }

    private List<Fitter> allowed(int different) {
        List<Fitter> fitters = new ArrayList<>();
        if (coding.kind() == ClassCoding.Kind.LOGIT) {
            fitters.add(fitted -> coding.uncalibrated());
            fitters.add(TemperatureFit::ofLogits);
        } else {
            fitters.add(fitted -> new Calibrator.Identity());
            fitters.add(TemperatureFit::of);
        }
        if (different >= LEAST_ROWS_FOR_OFFSETS && scored.classes() == 2) {
            fitters.add(PlattFit::of);
        }
        if (different >= LEAST_ROWS_FOR_OFFSETS && scored.classes() > 2 && scored.classes() <= MOST_CLASSES) {
            fitters.add(VectorFit::of);
        }
        if (different >= LEAST_ROWS_FOR_CURVES && scored.classes() <= MOST_CLASSES) {
            fitters.add(IsotonicFit::of);
        }
        return fitters;
    }

    private DoubleMatrix crossFitted(Fitter fitter, List<HoldOut.Parts> folds) {
        DoubleMatrix result = DoubleMatrix.zeros(scored.count(), scored.classes());
        for (HoldOut.Parts fold : folds) {
            Calibrator calibrator = fitter.withFloor(scored.select(fold.train()));
            DoubleMatrix part = calibrator.apply(scored.scores().select(fold.heldOut()));
            for (int i = 0; i < part.rows(); i++) {
                part.copyRow(i, result.values(), fold.heldOut()[i] * part.cols());
            }
        }
        return result;
    }

    private Calibration calibration(
            Calibrator form, int different, DoubleMatrix uncalibrated, DoubleMatrix probabilities) {
        double total = scored.totalWeight();
        double before = 0;
        double after = 0;
        Map<Integer, Double> gains = new LinkedHashMap<>();
        for (int i = 0; i < scored.count(); i++) {
            double weight = scored.weights()[i];
            double was = -Math.log(uncalibrated.get(i, scored.labels()[i]));
            double is = -Math.log(probabilities.get(i, scored.labels()[i]));
            before += weight * was;
            after += weight * is;
            gains.merge(rows[i], weight * (was - is), Double::sum);
        }
        double mean = (before - after) / total;
        double squares = 0;
        for (double gain : gains.values()) {
            squares += (gain - mean) * (gain - mean);
        }
        double standardError = different < 2 ? 0 : Math.sqrt(squares / (different - 1) / different);
        return new Calibration(
                form,
                source,
                different,
                before / total,
                after / total,
                standardError,
                Reliability.of(scored.labels(), probabilities, scored.weights()));
    }
}
