package ml.refract.table.learn;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.MemoryBudgetException;
import ml.refract.engine.Seeds;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.machine.KernelMachine;
import ml.refract.rfm.Rfm;
import ml.refract.rfm.RfmOptions;
import ml.refract.table.DataException;
import ml.refract.table.SchemaColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.ClassCoding;
import ml.refract.task.Regressor;
import ml.refract.theory.Diagnosis;
import ml.refract.xrfm.MemoryPlan;

/**
 * What a table tells about learning from it before it is learned from: whether more rows or more ridge would help, whether
 * interpolation is safe, how much of the target is noise. Encoded as for training; then plain kernel ridge regression on a random
 * sample, targets standardised in regression, 0 and 1 for classes. Features, if any are to be learned, are learned on rows that
 * are not in the sample.
 *
 * @param diagnosis of the sample
 * @param task what is predicted
 * @param taskReason why that
 * @param target the column to predict
 * @param fileRows rows of the table
 * @param droppedRows rows left out, because they have no target
 * @param featureRows rows that features were learned on, 0 for none
 * @param coordinates coordinates of an encoded row
 * @param kernel with its bandwidth
 * @param unit standard deviation of the targets in regression; in classification the number of columns of the coding, to average
 *     over
 * @param baseline loss of predicting the mean or the class shares
 * @param seconds how long it took
 */
public record TableDiagnosis(
        Diagnosis diagnosis,
        TaskKind task,
        String taskReason,
        SchemaColumn target,
        int fileRows,
        int droppedRows,
        int featureRows,
        int coordinates,
        Kernel kernel,
        double unit,
        double baseline,
        double seconds) {
    /**
     * Diagnoses a table.
     *
     * @param options of training; of the learner count the kernel, its bandwidth, the iterations and the seed
     * @param mostRows size of the sample where there are more rows
     * @throws DataException when the data cannot be understood, or there are too few rows
     * @throws MemoryBudgetException when the sample does not fit into the memory budget
     */
    public static TableDiagnosis of(TrainingData data, TrainingOptions options, int mostRows, Execution execution) {
        PreparedData prepared =
                PreparedData.of(data, options.withoutSearch().withHeldOut(new HeldOutRows.Share(0)), execution);
        RfmOptions leaf = options.learner().xrfm().leaf();
        boolean learnsFeatures = leaf.iterations() > 0;
        int usable = prepared.x().rows();
        int count = Math.min(mostRows, learnsFeatures ? usable / 2 : usable);
        requireRows(data, usable, count, learnsFeatures);
        int[] order =
                Seeds.permutation(usable, Seeds.stream(options.learner().xrfm().seed(), "diagnosed rows", 0));
        int[] rows = sorted(order, 0, count);
        EncodedRows sample = prepared.rows(rows);
        DoubleMatrix y = targets(sample.targets());
        requireMemory(count, y.cols(), execution);
        int[] others = learnsFeatures ? sorted(order, count, Math.min(usable, 2 * count)) : rows;
        Execution first = execution.withProgress(execution.progress().part(0, learnsFeatures ? 0.5 : 0));
        KernelMachine shape = shape(prepared.rows(others), leaf, first);
        Execution last = execution.withProgress(execution.progress().part(learnsFeatures ? 0.5 : 0, 1));
        Diagnosis diagnosis = Diagnosis.of(sample.x(), y, shape.kernel(), shape.metric(), leaf.seed(), last);
        boolean classes = sample.targets().isClasses();
        return new TableDiagnosis(
                diagnosis,
                prepared.target().task(),
                prepared.target().reason(),
                prepared.target().schema(),
                data.table().rows(),
                data.table().rows() - usable,
                learnsFeatures ? others.length : 0,
                sample.x().width(),
                shape.kernel(),
                classes ? y.cols() : deviation(sample.targets().values().values()),
                classes ? spread(y) : 1,
                execution.elapsedSeconds());
    }

    private static void requireRows(TrainingData data, int usable, int count, boolean learnsFeatures) {
        if (count < Diagnosis.LEAST_ROWS) {
            throw new DataException(
                    data.table().source(),
                    "there are " + count + " rows to diagnose" + (learnsFeatures ? " beside those for features" : "")
                            + ", wanted at least " + Diagnosis.LEAST_ROWS,
                    usable < 2 * Diagnosis.LEAST_ROWS ? "add rows" : "take more rows");
        }
    }

    private static void requireMemory(int rows, int outputs, Execution execution) {
        long bytes = Diagnosis.bytes(rows, outputs);
        if (bytes > execution.memoryBudget()) {
            throw new MemoryBudgetException("Diagnosing " + rows + " rows needs " + MemoryPlan.text(bytes) + "; "
                    + MemoryPlan.text(execution.memoryBudget())
                    + " are allowed. Allow more memory, or take fewer rows");
        }
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] rows = Arrays.copyOfRange(order, from, to);
        Arrays.sort(rows);
        return rows;
    }

    /** A machine for its kernel and its metric: learned, or as they are given. */
    private static KernelMachine shape(EncodedRows rows, RfmOptions leaf, Execution execution) {
        if (leaf.iterations() == 0 && !leaf.adaptiveBandwidth()) {
            return new KernelMachine(leaf.kernel(), Metric.identity(), rows.x(), DoubleMatrix.zeros(rows.count(), 1));
        }
        int most = leaf.iterations() == 0
                ? Math.min(rows.count(), leaf.ridgeRows())
                : rows.count(); // the median needs no more
        EncodedRows some = rows.select(IntStream.range(0, most).toArray());
        return Rfm.fit(some.x(), targets(some.targets()), Optional.empty(), leaf, execution)
                .machine();
    }

    /** What is learned: standardised numbers, or 0 and 1 for classes. */
    private static DoubleMatrix targets(Targets targets) {
        return targets.isClasses()
                ? ClassCoding.of(ClassCoding.Kind.ZERO_ONE, targets.codes(), targets.classes())
                        .encode(targets.codes())
                : Regressor.learned(
                        targets.values(), Regressor.scales(targets.values(), Regressor.standard(targets.values())));
    }

    private static double deviation(double[] values) {
        return Math.sqrt(spread(DoubleMatrix.column(values)));
    }

    /** Variance of the columns, summed. */
    private static double spread(DoubleMatrix y) {
        double sum = 0;
        for (int l = 0; l < y.cols(); l++) {
            double[] column = y.col(l);
            double mean = Arrays.stream(column).average().orElseThrow();
            sum += Arrays.stream(column).map(v -> (v - mean) * (v - mean)).sum() / column.length;
        }
        return sum;
    }

    /** Rows that were diagnosed. */
    public int rows() {
        return diagnosis.rows();
    }

    /** Rows that have a target. */
    public int usableRows() {
        return fileRows - droppedRows;
    }

    /** A loss as people know it: root mean squared error in units of the target, or the Brier score, the mean over classes. */
    public double score(double loss) {
        return task == TaskKind.REGRESSION ? unit * Math.sqrt(loss) : loss / unit;
    }

    /** What {@link #score} is called. */
    public String scoreName() {
        return task == TaskKind.REGRESSION ? "rmse" : "brier";
    }
}
