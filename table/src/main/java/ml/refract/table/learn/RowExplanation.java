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
import ml.refract.rfm.Readout;
import ml.refract.table.CoordinateRange;
import ml.refract.task.Classifier;
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
     * @param value its term in the kernel machine's sum, in units of what is explained: where a number was transformed before it
     *     was learned, times the slope of the way back at the prediction
     */
    public record TrainingRow(int row, double value) {}

    static RowExplanation of(TableModel model, Design row, Execution execution) {
        Reading reading = model.predictor() instanceof Regressor regressor
                ? new OfNumber(model.target().name(), regressor, row, execution)
                : OfClass.of(model, row, execution);
        Attribution attribution = reading.attribution();
        double[] perCoordinate = new double[row.width()];
        for (int s = 0; s < perCoordinate.length; s++) {
            perCoordinate[s] = reading.part(attribution.contributions().col(s));
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
            rows.add(new TrainingRow(influence.row(), reading.term(influence.contributions())));
        }
        rows.sort(Comparator.comparingDouble((TrainingRow r) -> Math.abs(r.value()))
                .reversed());
        return new RowExplanation(
                reading.name(),
                reading.whole(attribution.output()),
                reading.whole(attribution.baseline()),
                List.copyOf(columns),
                reading.part(attribution.residual()),
                List.copyOf(rows));
    }

    /** Turns what a model's outputs are made of into what the explained number is made of. */
    private interface Reading {
        String name();

        Attribution attribution();

        /** Of something for each output, as the attribution has it, the number that is explained. */
        double whole(double[] attributed);

        /** Of a difference for each output, as the attribution has it, what it adds to that number. */
        double part(double[] attributed);

        /** What a term of each raw output adds to that number, to first order. */
        double term(double[] raw);
    }

    private record OfNumber(String name, Attribution attribution, double slope) implements Reading {
        OfNumber(String name, Regressor regressor, Design row, Execution execution) {
            this(
                    name,
                    Attribution.of(regressor, row, execution),
                    regressor
                            .targets()
                            .get(0)
                            .slope(regressor
                                    .model()
                                    .predict(row, Readout.identity(), execution)
                                    .get(0, 0)));
        }

        @Override
        public double whole(double[] attributed) {
            return attributed[0];
        }

        @Override
        public double part(double[] attributed) {
            return attributed[0];
        }

        @Override
        public double term(double[] raw) {
            return slope * raw[0];
        }
    }

    /** The score of a class is an affine map of the raw outputs. */
    private record OfClass(String name, Attribution attribution, Classifier classifier, int classIndex)
            implements Reading {
        static OfClass of(TableModel model, Design row, Execution execution) {
            Classifier classifier = (Classifier) model.predictor();
            int label = classifier.predict(row, execution).labels()[0];
            return new OfClass(
                    "class " + model.target().levels().get(label),
                    Attribution.of(classifier.model(), row, execution),
                    classifier,
                    label);
        }

        @Override
        public double whole(double[] attributed) {
            DoubleMatrix raw = DoubleMatrix.of(1, attributed.length, attributed);
            return classifier.coding().decode(raw).get(0, classIndex);
        }

        @Override
        public double part(double[] attributed) {
            return whole(attributed) - whole(new double[attributed.length]);
        }

        @Override
        public double term(double[] raw) {
            return part(raw);
        }
    }
}
