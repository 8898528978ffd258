package ml.refract.theory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.engine.Phase;
import ml.refract.engine.Points;
import ml.refract.engine.Progress;
import ml.refract.engine.Projection;
import ml.refract.engine.Seeds;
import ml.refract.engine.Span;
import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.KernelBlocks;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.solver.RidgePath;

/**
 * What N rows tell about kernel ridge regression on them: its error at every ridge by leaving each row out, exactly; the same on
 * all sixteenths, eighths, quarters and halves of the rows, so that each row is left out once at every size; and what theory
 * makes of the eigenvalues of the one kernel matrix of all rows.
 *
 * <p>Kernel matrices are evaluated and decomposed in double. Immutable.
 *
 * @param ridges the ridges tried, rising; the first is as good as none
 * @param levels sizes, rising; the last one is all rows
 * @param spectrum eigenvalues and coefficients of all rows
 * @param overfitting what becomes of noise that is fitted
 * @param repeats rows with the same inputs
 */
public record Diagnosis(
        double[] ridges, List<Level> levels, EmpiricalSpectrum spectrum, Overfitting overfitting, Repeats repeats) {
    /** Fewest rows that can be diagnosed. */
    public static final int LEAST_ROWS = 60;

    private static final int MOST_PARTS = 16;
    private static final int LEAST_PART = 10;
    private static final double LEAST_RIDGE = 1e-6;
    private static final double MOST_RIDGE = 10;
    private static final int RIDGES = 29;

    /**
     * Leave-one-out at one size.
     *
     * @param samples mean number of rows a fit learns from
     * @param losses squared residual of every row, summed over outputs, at every ridge: ridges x N
     */
    public record Level(double samples, DoubleMatrix losses) {
        /** Mean error at a ridge. */
        public double error(int ridge) {
            return Arrays.stream(losses.row(ridge)).average().orElseThrow();
        }

        /** The ridge with the least error; the first of equals. */
        public int best() {
            int best = 0;
            for (int r = 1; r < losses.rows(); r++) {
                best = error(r) < error(best) ? r : best;
            }
            return best;
        }

        /** The least error. */
        public double bestError() {
            return error(best());
        }

        /** Standard error of the mean of the differences between this level's losses at one ridge and another level's at another. */
        double standardError(int ridge, Level other, int otherRidge) {
            int n = losses.cols();
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double difference = losses.get(ridge, i) - other.losses.get(otherRidge, i);
                sum += difference;
                squares += difference * difference;
            }
            return Math.sqrt(Math.max(0, squares / n - sum / n * sum / n) / n);
        }
    }

    /**
     * Diagnoses rows X (n x d) with targets Y (n x c), which are learned as they are.
     *
     * <p>Cost about 7 n^3 flops, n^2 d for the kernel; memory {@link #bytes}. The same for any number of threads.
     *
     * @param metric under which the kernel measures; must not have been learned from these rows, or errors are too small
     * @param seed divides the rows
     * @throws IllegalArgumentException with fewer than {@value #LEAST_ROWS} rows, or shapes that do not match
     * @throws ml.refract.engine.CancelledException when told to stop
     */
    public static Diagnosis of(Design x, DoubleMatrix y, Kernel kernel, Metric metric, long seed, Execution execution) {
        int n = x.rows();
        if (n < LEAST_ROWS || y.rows() != n) {
            throw new IllegalArgumentException("A diagnosis needs at least " + LEAST_ROWS
                    + " rows and as many targets, got " + n + " rows and " + y.rows() + " targets");
        }
        execution.progress().report("kernel matrix", 0);
        DoubleMatrix k = kernelMatrix(x, kernel, metric, execution);
        double[] ridges = candidates();
        int[] order = Seeds.permutation(n, Seeds.stream(seed, "diagnosis", 0));
        List<Integer> divisions = new ArrayList<>();
        for (int parts = MOST_PARTS; parts >= 1; parts /= 2) {
            if (n / parts >= LEAST_PART) {
                divisions.add(parts);
            }
        }
        List<Level> levels = new ArrayList<>();
        double done = 0.05;
        for (int parts : divisions.subList(0, divisions.size() - 1)) {
            double next = done + 0.55 / (parts * parts); // the rest goes to all rows at once
            levels.add(level(
                    k,
                    y,
                    order,
                    parts,
                    ridges,
                    execution.withProgress(execution.progress().part(done, next))));
            done = next;
        }
        Progress last = execution.progress().part(done, 1);
        RidgePath path = decompose(k, y, execution.withProgress(last));
        levels.add(new Level(n - 1, losses(path, ridges)));
        EmpiricalSpectrum spectrum = EmpiricalSpectrum.of(path);
        return new Diagnosis(ridges, List.copyOf(levels), spectrum, Overfitting.of(spectrum), Repeats.of(x, y));
    }

    /** Bytes that diagnosing n rows with c outputs takes. */
    public static long bytes(long n, long columns) {
        long losses = (5L * RIDGES + 2 * RIDGES * (columns + 1)) * n;
        return RidgePath.bytes(n, columns, RIDGES) + Double.BYTES * (n * n / 4 + losses);
    }

    private static DoubleMatrix kernelMatrix(Design x, Kernel kernel, Metric metric, Execution execution) {
        ScalarEngine engine = new ScalarEngine();
        ParallelFor parallel = execution.workers();
        try (Span span = execution.begin(Phase.KERNEL)) {
            double n = x.rows();
            span.covers(x.rows(), x.rows(), n * n);
            Projection projection =
                    metric.projection(kernel, x, engine, parallel, share -> execution.requireNotCancelled());
            Points<double[]> points = Points.pack(engine, x, projection, parallel);
            return KernelBlocks.dense(engine, points, points, kernel.pairFunction(x.width()));
        }
    }

    private static double[] candidates() {
        double[] ridges = new double[RIDGES];
        for (int r = 0; r < RIDGES; r++) {
            ridges[r] = LEAST_RIDGE * Math.pow(MOST_RIDGE / LEAST_RIDGE, (double) r / (RIDGES - 1));
        }
        return ridges;
    }

    /** Leave-one-out within each of some parts of the rows, dealt out in turn. */
    private static Level level(
            DoubleMatrix k, DoubleMatrix y, int[] order, int parts, double[] ridges, Execution execution) {
        DoubleMatrix losses = DoubleMatrix.zeros(ridges.length, order.length);
        for (int p = 0; p < parts; p++) {
            execution.progress().report("parts of the rows", (double) p / parts);
            int[] rows = new int[(order.length - p + parts - 1) / parts];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = order[p + i * parts];
            }
            Execution quiet = execution.withProgress(Progress.none());
            DoubleMatrix part = losses(decompose(square(k, rows), y.select(rows), quiet), ridges);
            for (int r = 0; r < ridges.length; r++) {
                for (int i = 0; i < rows.length; i++) {
                    losses.set(r, rows[i], part.get(r, i));
                }
            }
        }
        return new Level((double) order.length / parts - 1, losses);
    }

    private static DoubleMatrix square(DoubleMatrix k, int[] rows) {
        DoubleMatrix part = DoubleMatrix.zeros(rows.length, rows.length);
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                part.set(i, j, k.get(rows[i], rows[j]));
            }
        }
        return part;
    }

    private static RidgePath decompose(DoubleMatrix k, DoubleMatrix y, Execution execution) {
        return RidgePath.of(k, y, execution.engine().doubleKernels(), execution.workers(), share -> {
            execution.requireNotCancelled();
            execution.progress().report("all rows", share);
        });
    }

    private static DoubleMatrix losses(RidgePath path, double[] ridges) {
        List<RidgePath.LeaveOneOut> left = path.leaveOneOut(ridges);
        int n = left.get(0).residuals().rows();
        DoubleMatrix losses = DoubleMatrix.zeros(ridges.length, n);
        for (int r = 0; r < ridges.length; r++) {
            DoubleMatrix residuals = left.get(r).residuals();
            for (int i = 0; i < n; i++) {
                double sum = 0;
                for (int l = 0; l < residuals.cols(); l++) {
                    sum += residuals.get(i, l) * residuals.get(i, l);
                }
                losses.set(r, i, sum);
            }
        }
        return losses;
    }

    /** All rows. */
    public Level whole() {
        return levels.get(levels.size() - 1);
    }

    /** Number of rows, N. */
    public int rows() {
        return spectrum.rows();
    }

    /** The ridge with the least error on all rows. */
    public double bestRidge() {
        return ridges[whole().best()];
    }

    /** The least error on all rows. */
    public double error() {
        return whole().bestError();
    }

    /** Standard error of {@link #error}: how far it may be from that of other rows of the same kind. */
    public double standardError() {
        double[] losses = whole().losses().row(whole().best());
        double mean = error();
        double squares =
                Arrays.stream(losses).map(loss -> (loss - mean) * (loss - mean)).sum();
        return Math.sqrt(squares / losses.length / losses.length);
    }

    /** The error without a ridge, or with the least there is. */
    public double interpolationError() {
        return whole().error(0);
    }

    /** By how many standard errors the best ridge beats none. */
    public double ridgeGainInStandardErrors() {
        Level all = whole();
        double error = all.standardError(0, all, all.best());
        return error > 0 ? (interpolationError() - error()) / error : 0;
    }

    /** By how many standard errors all rows beat half of them, each with its best ridge. */
    public double rowGainInStandardErrors() {
        Level all = whole();
        Level half = levels.get(levels.size() - 2);
        double error = half.standardError(half.best(), all, all.best());
        return error > 0 ? (half.bestError() - all.bestError()) / error : 0;
    }

    /** The error at every size, each with its best ridge. */
    public LearningCurve curve() {
        return new LearningCurve(
                levels.stream().mapToDouble(Level::samples).toArray(),
                levels.stream()
                        .mapToDouble(level -> Math.max(level.bestError(), Double.MIN_NORMAL))
                        .toArray());
    }

    /**
     * The error to expect at a number of rows beyond these, between the two laws of {@link LearningCurve}, each bound moved out by
     * a standard error of the last step of the curve.
     *
     * @param n rows, the one left out not counted
     */
    public LearningCurve.Forecast forecast(double n) {
        Level all = whole();
        Level half = levels.get(levels.size() - 2);
        LearningCurve.Forecast forecast = curve().at(n);
        double step = half.standardError(half.best(), all, all.best()) / Math.max(error(), Double.MIN_NORMAL);
        double factor = Math.pow(n / all.samples(), step / Math.log(all.samples() / half.samples()));
        return new LearningCurve.Forecast(n, forecast.low() / factor, forecast.high() * factor);
    }

    /**
     * The largest relative difference, over sizes up to a third of the rows, between what theory predicts with the best ridge and
     * what leaving out shows.
     */
    public double theoryMiss() {
        double worst = 0;
        for (Level level : levels) {
            if (level.samples() <= rows() / 3.0) {
                double predicted = spectrum.bestTestError(level.samples(), ridges);
                worst = Math.max(worst, Math.abs(predicted / level.bestError() - 1));
            }
        }
        return worst;
    }
}
