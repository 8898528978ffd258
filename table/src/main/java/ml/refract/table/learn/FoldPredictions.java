package ml.refract.table.learn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.table.EncodeReport;
import ml.refract.table.Table;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.ClassPredictions;
import ml.refract.task.ClassificationScores;
import ml.refract.task.Classifier;
import ml.refract.task.RegressionScores;
import ml.refract.task.Regressor;

/**
 * Predictions of the rows of a table by the models of folds that held them out, gathered fold by fold and scored over any of
 * these rows. Classes are those of the whole table; a fold that has not seen one gives it probability 0.
 */
final class FoldPredictions {
    private static final int NOT_HELD_OUT = 0;

    private final Table table;
    private final TargetColumn target;
    private final Targets truth;
    private final int[] foldOf;
    /** Row by row a number, or the probability of each class. */
    private final DoubleMatrix outputs;

    private final int[] labels;
    /** By fold what a model without inputs predicts, in the form of a row of outputs. */
    private final Map<Integer, double[]> baselines = new HashMap<>();

    private EncodeReport report = EncodeReport.empty();

    FoldPredictions(Table table, TargetColumn target) {
        this.table = table;
        this.target = target;
        this.truth = Targets.of(target);
        this.foldOf = new int[table.rows()];
        this.outputs = DoubleMatrix.zeros(table.rows(), truth.isClasses() ? truth.classes() : 1);
        this.labels = new int[truth.isClasses() ? table.rows() : 0];
    }

    /** Takes in what the model of a fold predicts for the rows it held out. */
    void add(int fold, int[] rows, TableModel model, Predictions predicted) {
        report = report.plus(predicted.report());
        double[] baseline = new double[outputs.cols()];
        baselines.put(fold, baseline);
        if (predicted instanceof Predictions.Numbers numbers) {
            baseline[0] = ((Regressor) model.predictor()).means()[0];
            for (int i = 0; i < rows.length; i++) {
                foldOf[rows[i]] = fold;
                outputs.set(rows[i], 0, numbers.values()[i]);
            }
            return;
        }
        Predictions.Classes classes = (Predictions.Classes) predicted;
        int[] place =
                classes.classes().stream().mapToInt(target.labels()::indexOf).toArray();
        double[] shares = ((Classifier) model.predictor()).coding().priors();
        for (int k = 0; k < place.length; k++) {
            baseline[place[k]] = shares[k];
        }
        for (int i = 0; i < rows.length; i++) {
            foldOf[rows[i]] = fold;
            labels[rows[i]] = place[classes.codes()[i]];
            for (int k = 0; k < place.length; k++) {
                outputs.set(rows[i], place[k], classes.probabilities().get(i, k));
            }
        }
    }

    /** Scores over some rows that were held out, beside what the folds' models would get without inputs. */
    PartScores score(String part, int[] rows) {
        Targets some = truth.select(rows);
        DoubleMatrix baseline = DoubleMatrix.zeros(rows.length, outputs.cols());
        for (int i = 0; i < rows.length; i++) {
            double[] constant = baselines.getOrDefault(foldOf[rows[i]], new double[0]);
            for (int k = 0; k < constant.length; k++) {
                baseline.set(i, k, constant[k]);
            }
        }
        DoubleMatrix predicted = outputs.select(rows);
        if (target.task() == TaskKind.REGRESSION) {
            return new PartScores(
                    part,
                    rows.length,
                    Scores.of(RegressionScores.of(some.values(), predicted)),
                    Scores.of(RegressionScores.of(some.values(), baseline)));
        }
        ClassPredictions without =
                new ClassPredictions(ml.refract.task.Scores.argmax(baseline, baseline.cols()), baseline);
        return new PartScores(
                part,
                rows.length,
                Scores.of(ClassificationScores.of(some.codes(), classes(rows, predicted))),
                Scores.of(ClassificationScores.of(some.codes(), without)));
    }

    private ClassPredictions classes(int[] rows, DoubleMatrix probabilities) {
        return new ClassPredictions(Arrays.stream(rows).map(row -> labels[row]).toArray(), probabilities);
    }

    /** The rows that some fold held out, ascending. */
    int[] rows() {
        return IntStream.range(0, foldOf.length)
                .filter(row -> foldOf[row] != NOT_HELD_OUT)
                .toArray();
    }

    /** All predictions there are. */
    OutOfFold outOfFold() {
        int[] rows = rows();
        DoubleMatrix some = outputs.select(rows);
        Targets trueValues = truth.select(rows);
        Predictions predictions = truth.isClasses()
                ? new Predictions.Classes(target.labels(), classes(rows, some).labels(), some, report)
                : new Predictions.Numbers(some.col(0), report);
        List<String> texts = truth.isClasses()
                ? Arrays.stream(trueValues.codes())
                        .mapToObj(code -> target.labels().get(code))
                        .toList()
                : Arrays.stream(trueValues.values().col(0))
                        .mapToObj(Double::toString)
                        .toList();
        return new OutOfFold(
                Arrays.stream(rows).mapToLong(table::dataRow).toArray(),
                Arrays.stream(rows).map(row -> foldOf[row]).toArray(),
                texts,
                predictions);
    }
}
