package ml.refract.table.learn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.engine.Execution;
import ml.refract.explain.Attribution;
import ml.refract.explain.Influence;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.table.CoordinateRange;
import ml.refract.task.Classifier;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;

/**
 * Why a model predicts what it predicts for one row, for a number in the target's units, or for the score of one class
 * before it is turned into a probability.
 *
 * @param of what is explained: the target's name, or {@code class LABEL}
 * @param prediction the number or score at the row
 * @param baseline the same at the mean training row
 * @param columns what each column contributes to the difference, largest first; the sum, with {@code residual}, is exact
 * @param residual what the columns do not account for: error of the quadrature, and jumps between leaves
 * @param rows the training rows that weigh most in the prediction, largest first
 */
public record RowExplanation(
        String of,
        double prediction,
        double baseline,
        List<Contribution> columns,
        double residual,
        List<TrainingRow> rows) {
    private static final int MOST_ROWS = 10;

    /**
     * What one column contributes.
     *
     * @param column the column
     * @param value its share of the difference from the baseline
     */
    public record Contribution(String column, double value) {}

    /**
     * What one training row contributes.
     *
     * @param row its 0-based data row in the training file
     * @param value its term in the kernel machine's sum
     */
    public record TrainingRow(int row, double value) {}

    static RowExplanation of(TableModel model, Design row, Execution execution) {
        Attribution attribution = Attribution.of(model.predictor().model(), row, execution);
        Reading reading = Reading.of(model, row, execution);
        int outputs = attribution.output().length;
        double[] perCoordinate = new double[row.width()];
        for (int s = 0; s < perCoordinate.length; s++) {
            perCoordinate[s] = reading.linear(attribution.contributions().col(s));
        }
        Map<String, Double> sums = new LinkedHashMap<>();
        for (CoordinateRange range : model.encoder().coordinates().ranges()) {
            double sum = 0;
            for (int s = range.start(); s < range.end(); s++) {
                sum += perCoordinate[s];
            }
            sums.merge(range.column(), sum, Double::sum);
        }
        List<Contribution> columns = new ArrayList<>();
        sums.forEach((column, value) -> columns.add(new Contribution(column, value)));
        columns.sort(Comparator.comparingDouble((Contribution c) -> Math.abs(c.value()))
                .reversed());
        List<TrainingRow> rows = new ArrayList<>();
        for (Influence influence : Influence.largest(model.predictor().model(), row, MOST_ROWS, execution)) {
            rows.add(new TrainingRow(influence.row(), reading.linear(influence.contributions())));
        }
        rows.sort(Comparator.comparingDouble((TrainingRow r) -> Math.abs(r.value()))
                .reversed());
        double zero = reading.of(new double[outputs]);
        return new RowExplanation(
                reading.name(),
                zero + reading.linear(attribution.output()),
                zero + reading.linear(attribution.baseline()),
                List.copyOf(columns),
                reading.linear(attribution.residual()),
                List.copyOf(rows));
    }

    /** The affine map from raw outputs to the number that is explained. */
    private record Reading(String name, Predictor predictor, int classIndex) {
        static Reading of(TableModel model, Design row, Execution execution) {
            if (model.predictor() instanceof Classifier classifier) {
                int label = classifier.predict(row, execution).labels()[0];
                return new Reading("class " + model.target().levels().get(label), classifier, label);
            }
            return new Reading(model.target().name(), model.predictor(), 0);
        }

        double of(double[] outputs) {
            DoubleMatrix raw = DoubleMatrix.of(1, outputs.length, outputs);
            return predictor instanceof Regressor regressor
                    ? regressor.means()[0] + regressor.deviations()[0] * outputs[0]
                    : ((Classifier) predictor).coding().decode(raw).get(0, classIndex);
        }

        double linear(double[] outputs) {
            return of(outputs) - of(new double[outputs.length]);
        }
    }
}
