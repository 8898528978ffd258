package ml.refract.rfm.linear;

import java.util.Arrays;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.GramSums;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.linalg.Vectors;

/**
 * Sweeps of lin-RFM for a large matrix, with the metric of one side kept by its leading eigenvectors, P = V S V'.
 *
 * <p>A sweep solves all lines of one side, rows or columns: line i with its observed coordinates J gets
 * w_i = V c_i, c_i = (V_J'V_J + smoothing S^-1)^-1 V_J' y_J, which equals a' P_J. of the paper by the matrix inversion lemma.
 * Observed entries replace what was fitted: W = C V' + E with E sparse. The metric of the other side comes from W W', whose
 * leading eigenvectors one step of subspace iteration follows, since metrics change little from sweep to sweep. Both sides
 * lower the same smoothed penalty of the singular values of W; a metric learned from rows alone needs ten times the sweeps.
 *
 * <p>Cost per sweep about m k^2 + 6 m k + 8 (n + d) k^2 flops for m entries.
 */
final class MetricSweeps {
    /** Lines of one task. */
    private static final int LINES = 32;
    /** Lines of one partial sum. */
    private static final int SUM_LINES = 512;
    /** Directions this far below the smoothing would get coefficients too small to matter. */
    private static final double NEGLIGIBLE = 1e-4;
    /** Steps of subspace iteration that the first metric takes. */
    private static final int FIRST_STEPS = 8;

    private final Entries entries;
    private final double[] values;
    private final double[] residual;
    private final double power;
    private final double size;
    private final Execution execution;

    MetricSweeps(Entries entries, double[] values, double power, Execution execution) {
        this.entries = entries;
        this.values = values;
        this.residual = new double[values.length];
        this.power = power;
        this.size = Math.sqrt((double) entries.rows() * entries.cols());
        this.execution = execution;
    }

    /**
     * The metric that the next sweep solves with.
     *
     * @param side whose lines come next: 0 rows, 1 columns
     * @param k directions kept
     * @param basis orthonormal columns over the lines of the other side, row-major (lines x k)
     * @param spectrum eigenvalues of the moment W'W / N before the power, largest first
     */
    record Metric(int side, int k, double[] basis, double[] spectrum) {}

    /**
     * A side that was solved.
     *
     * @param metric it was solved with
     * @param rank directions with coefficients, the first of the metric
     * @param coefficients C, row-major (lines x k)
     * @param meanSquare of what is left of the values
     */
    record Solved(Metric metric, int rank, double[] coefficients, double meanSquare) {
        /** The entry of a row and a column. */
        double predict(int row, int col) {
            int k = metric.k;
            int line = (metric.side == 0 ? row : col) * k;
            int other = (metric.side == 0 ? col : row) * k;
            double sum = 0;
            for (int l = 0; l < rank; l++) {
                sum += coefficients[line + l] * metric.basis[other + l];
            }
            return sum;
        }

        /** The factors, the left one times a number. */
        CompletionModel model(double scale, double centre) {
            DoubleMatrix lines = cut(coefficients, scale);
            DoubleMatrix others = cut(metric.basis, 1);
            return metric.side == 0
                    ? new CompletionModel(lines, others, centre)
                    : new CompletionModel(others, lines, centre);
        }

        private DoubleMatrix cut(double[] values, double scale) {
            int lines = values.length / metric.k;
            DoubleMatrix result = DoubleMatrix.zeros(lines, rank);
            for (int i = 0; i < lines; i++) {
                for (int l = 0; l < rank; l++) {
                    result.set(i, l, scale * values[i * metric.k + l]);
                }
            }
            return result;
        }
    }

    /** Leading eigenvectors of the observed entries, all others taken as zero. */
    Metric first(int k, SplittableRandom random) {
        double[] start = new double[entries.cols() * k];
        Arrays.setAll(start, i -> random.nextGaussian());
        Metric metric = new Metric(0, k, orthonormal(start, k), new double[k]);
        for (int step = 0; step < FIRST_STEPS; step++) {
            metric = next(solve(metric, Double.POSITIVE_INFINITY));
        }
        return metric;
    }

    /** Solves all lines of a side. */
    Solved solve(Metric metric, double smoothing) {
        execution.requireNotCancelled();
        double[] penalties = penalties(metric.spectrum, smoothing);
        SparseSide side = entries.side(metric.side);
        double[] coefficients = new double[side.lines() * metric.k];
        double[] squares = new double[tasks(side.lines(), LINES)];
        execution.workers().run(squares.length, task -> {
            LineSolver solver = new LineSolver(metric, penalties, side, coefficients);
            int end = Math.min(side.lines(), (task + 1) * LINES);
            for (int i = task * LINES; i < end; i++) {
                squares[task] += solver.solve(i);
            }
        });
        return new Solved(
                metric, penalties.length, coefficients, Arrays.stream(squares).sum() / values.length);
    }

    /** smoothing / s for the directions that are not negligible, s the eigenvalues of the metric. */
    private double[] penalties(double[] spectrum, double smoothing) {
        double[] result = new double[spectrum.length];
        int count = 0;
        for (double value : spectrum) {
            double s = Math.pow(Math.max(0, value), 2 * power);
            if (!(s > NEGLIGIBLE * smoothing)) {
                break;
            }
            result[count++] = smoothing / s;
        }
        return Arrays.copyOf(result, count);
    }

    /** Solves one line after the other and leaves what remains of its values. */
    private final class LineSolver {
        private final Metric metric;
        private final double[] penalties;
        private final SparseSide side;
        private final double[] coefficients;
        private final GramSums sums;
        private double[] gathered = new double[0];

        LineSolver(Metric metric, double[] penalties, SparseSide side, double[] coefficients) {
            this.metric = metric;
            this.penalties = penalties;
            this.side = side;
            this.coefficients = coefficients;
            this.sums = new GramSums(penalties.length, execution.engine().doubleKernels());
        }

        /** Returns the sum of squares of what remains. */
        double solve(int i) {
            int rank = penalties.length;
            int start = side.starts()[i];
            int count = side.starts()[i + 1] - start;
            double[] c = new double[rank];
            if (rank > 0 && count > 0) {
                gather(start, count, c);
                sums.clear();
                sums.add(gathered, count);
                for (int l = 0; l < rank; l++) {
                    sums.lower()[l * rank + l] += penalties[l];
                }
                if (!SmallCholesky.solve(sums.lower(), rank, c)) {
                    Arrays.fill(c, 0); // only where penalties overflow: then nothing is the answer
                }
                System.arraycopy(c, 0, coefficients, i * metric.k, rank);
            }
            double squares = 0;
            for (int t = 0; t < count; t++) {
                int entry = side.entries()[start + t];
                double rest = values[entry];
                for (int l = 0; l < rank; l++) {
                    rest -= gathered[t * rank + l] * c[l];
                }
                residual[entry] = rest;
                squares += rest * rest;
            }
            return squares;
        }

        /** Copies the rows V_J and forms V_J' y_J. */
        private void gather(int start, int count, double[] right) {
            int rank = penalties.length;
            if (gathered.length < count * rank) {
                gathered = new double[Math.max(count * rank, 2 * gathered.length)];
            }
            for (int t = 0; t < count; t++) {
                int from = side.others()[start + t] * metric.k;
                double y = values[side.entries()[start + t]];
                int to = t * rank;
                for (int l = 0; l < rank; l++) {
                    double v = metric.basis[from + l];
                    gathered[to + l] = v;
                    right[l] += y * v;
                }
            }
        }
    }

    /** The metric of the other side: leading eigenvectors of W W' / N, W = C V' + E. */
    Metric next(Solved solved) {
        Metric metric = solved.metric;
        int k = metric.k;
        SparseSide side = entries.side(metric.side);
        SparseSide other = entries.side(1 - metric.side);
        // W V = C + E V, an orthonormal basis U of its range, and B = W' U = V C'U + E'U
        double[] range = orthonormal(plusResidual(side, metric.basis, solved.coefficients, k), k);
        double[] inner = crossProduct(solved.coefficients, range, side.lines(), k);
        double[] image = plusResidual(other, range, times(metric.basis, inner, other.lines(), solved.rank, k), k);
        SymmetricEigen eigen = SymmetricEigen.of(moment(image, other.lines(), k));
        double[] rotation = eigen.vectors().transpose().values();
        double[] spectrum = eigen.values();
        return new Metric(1 - metric.side, k, times(range, rotation, side.lines(), k, k), spectrum);
    }

    /** X + E Z for lines of one side, E the residual, as a new array (lines x k). */
    private double[] plusResidual(SparseSide side, double[] z, double[] x, int k) {
        double[] result = x.clone();
        execution.workers().run(tasks(side.lines(), LINES), task -> {
            int end = Math.min(side.lines(), (task + 1) * LINES);
            for (int i = task * LINES; i < end; i++) {
                for (int t = side.starts()[i]; t < side.starts()[i + 1]; t++) {
                    double e = residual[side.entries()[t]];
                    addScaled(result, i * k, e, z, side.others()[t] * k, k);
                }
            }
        });
        return result;
    }

    private static void addScaled(double[] target, int to, double factor, double[] source, int from, int length) {
        for (int l = 0; l < length; l++) {
            target[to + l] += factor * source[from + l];
        }
    }

    /** X B for the first {@code depth} columns of X (lines x k) and B (k x k). */
    private double[] times(double[] x, double[] b, int lines, int depth, int k) {
        double[] result = new double[lines * k];
        execution.workers().run(tasks(lines, SUM_LINES), task -> {
            int end = Math.min(lines, (task + 1) * SUM_LINES);
            for (int i = task * SUM_LINES; i < end; i++) {
                for (int l = 0; l < depth; l++) {
                    addScaled(result, i * k, x[i * k + l], b, l * k, k);
                }
            }
        });
        return result;
    }

    /** X'Z (k x k). */
    private double[] crossProduct(double[] x, double[] z, int lines, int k) {
        double[][] parts = new double[tasks(lines, SUM_LINES)][];
        execution.workers().run(parts.length, task -> {
            double[] part = new double[k * k];
            int end = Math.min(lines, (task + 1) * SUM_LINES);
            for (int i = task * SUM_LINES; i < end; i++) {
                for (int l = 0; l < k; l++) {
                    addScaled(part, l * k, x[i * k + l], z, i * k, k);
                }
            }
            parts[task] = part;
        });
        double[] sum = new double[k * k];
        for (double[] part : parts) {
            addScaled(sum, 0, 1, part, 0, sum.length);
        }
        return sum;
    }

    /** B'B / N. */
    private DoubleMatrix moment(double[] b, int lines, int k) {
        GramSums[] parts = new GramSums[tasks(lines, SUM_LINES)];
        execution.workers().run(parts.length, task -> {
            int from = task * SUM_LINES;
            int count = Math.min(lines - from, SUM_LINES);
            parts[task] = new GramSums(k, execution.engine().doubleKernels());
            parts[task].add(Arrays.copyOfRange(b, from * k, (from + count) * k), count);
        });
        GramSums sum = new GramSums(k, execution.engine().doubleKernels());
        for (GramSums part : parts) {
            sum.add(part);
        }
        return sum.toMatrix(1 / size);
    }

    /**
     * An orthonormal basis of the columns of X (lines x k), row-major, by modified Gram-Schmidt, twice, which is enough (Giraud,
     * Langou and Rozloznik, 2005). A column of zeros stays one.
     */
    private double[] orthonormal(double[] x, int k) {
        int lines = x.length / k;
        double[][] columns = new double[k][lines];
        for (int i = 0; i < lines; i++) {
            for (int l = 0; l < k; l++) {
                columns[l][i] = x[i * k + l];
            }
        }
        for (int pass = 0; pass < 2; pass++) {
            for (int l = 0; l < k; l++) {
                double[] unit = columns[l];
                double norm = Math.sqrt(Vectors.dot(unit, unit, 0));
                for (int i = 0; norm > 0 && i < lines; i++) {
                    unit[i] /= norm;
                }
                int first = l + 1;
                execution.workers().run(k - first, m -> {
                    double[] later = columns[first + m];
                    addScaled(later, 0, -Vectors.dot(unit, later, 0), unit, 0, lines);
                });
            }
        }
        double[] result = new double[x.length];
        for (int i = 0; i < lines; i++) {
            for (int l = 0; l < k; l++) {
                result[i * k + l] = columns[l][i];
            }
        }
        return result;
    }

    private static int tasks(int lines, int each) {
        return (lines + each - 1) / each;
    }
}
