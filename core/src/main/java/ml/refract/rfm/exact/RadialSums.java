package ml.refract.rfm.exact;

import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;

/**
 * Radial kernels: grad f_l(x) = M b_l with b_l = sum_i w(x, x_i) alpha_il (x - x_i), from raw coordinates, so that M is multiplied
 * by once at the end (specification of the family, sections 2.1 and 6).
 */
record RadialSums(
        ExactKernel.Radial kernel, DoubleMatrix metric, Inputs centers, DoubleMatrix alpha, Execution execution)
        implements GradientSums {
    /** Queries whose gradients are made by one task. */
    private static final int BLOCK = 64;

    /** Cost 2 m n c d flops, or for sparse centers that share of it that is not zero, and 2 m c d^2; memory m n. */
    @Override
    public DoubleMatrix moment(Inputs queries, boolean centred) {
        DoubleMatrix weights =
                KernelMatrix.of(metric, queries, centers, execution).weights(kernel);
        Moments sums = centers.isSparse() ? sparseMoments(weights, queries) : denseMoments(weights, queries);
        return sums.mean(queries.rows(), centred);
    }

    /** sum_jl b b' (d x d) and, a column for each output l, sum_j b (d x c), over queries j. */
    private record Moments(DoubleMatrix products, DoubleMatrix firsts) {
        static Moments zero(int d, int outputs) {
            return new Moments(DoubleMatrix.zeros(d, d), DoubleMatrix.zeros(d, outputs));
        }

        void add(Moments other) {
            addTo(products.values(), other.products.values());
            addTo(firsts.values(), other.firsts.values());
        }

        private static void addTo(double[] sum, double[] part) {
            for (int k = 0; k < sum.length; k++) {
                sum[k] += part[k];
            }
        }

        DoubleMatrix mean(double queries, boolean centred) {
            double[] correction = centred ? firsts.times(firsts.transpose()).values() : new double[0];
            double[] values = products.values();
            for (int k = 0; k < values.length; k++) {
                values[k] = (centred ? values[k] - correction[k] / queries : values[k]) / queries;
            }
            return products;
        }
    }

    private Moments denseMoments(DoubleMatrix weights, Inputs queries) {
        DoubleMatrix totals = Inputs.product(weights, alpha, execution);
        Moments sums = Moments.zero(metric.rows(), alpha.cols());
        for (int l = 0; l < alpha.cols(); l++) {
            DoubleMatrix rows = queries.scaledRows(totals, l);
            double[] pulled = Inputs.product(weights, centers.scaledRows(alpha, l), execution)
                    .values();
            for (int k = 0; k < pulled.length; k++) {
                rows.values()[k] -= pulled[k];
            }
            Moments.addTo(
                    sums.products.values(),
                    Inputs.product(rows.transpose(), rows, execution).values());
            for (int k = 0; k < pulled.length; k++) {
                sums.firsts.values()[k % rows.cols() * alpha.cols() + l] += rows.values()[k];
            }
        }
        return sums;
    }

    private Moments sparseMoments(DoubleMatrix weights, Inputs queries) {
        DoubleMatrix totals = Inputs.product(weights, alpha, execution);
        Moments[] parts = new Moments[(queries.rows() + BLOCK - 1) / BLOCK];
        execution.workers().run(parts.length, b -> parts[b] = block(weights, totals, queries, b * BLOCK));
        Moments sums = Moments.zero(metric.rows(), alpha.cols());
        for (Moments part : parts) {
            sums.add(part);
        }
        return sums;
    }

    /** A column of b for each query of the block and output: d x (count c). */
    private Moments block(DoubleMatrix weights, DoubleMatrix totals, Inputs queries, int from) {
        int count = Math.min(BLOCK, queries.rows() - from);
        int outputs = alpha.cols();
        int width = count * outputs;
        DoubleMatrix columns = DoubleMatrix.zeros(metric.rows(), width);
        for (int j = 0; j < count; j++) {
            for (int i = 0; i < centers.rows(); i++) {
                double weight = weights.values()[(from + j) * centers.rows() + i];
                centers.addOuter(
                        i, alpha.values(), i * outputs, outputs, -weight, columns.values(), j * outputs, width);
            }
            queries.addOuter(
                    from + j, totals.values(), (from + j) * outputs, outputs, 1, columns.values(), j * outputs, width);
        }
        Moments result = new Moments(
                columns.times(columns.transpose(), execution.engine().doubleKernels(), ParallelFor.serial()),
                DoubleMatrix.zeros(metric.rows(), outputs));
        for (int k = 0; k < columns.values().length; k++) {
            result.firsts.values()[k / width * outputs + k % width % outputs] += columns.values()[k];
        }
        return result;
    }

    /** X'(D - S)X: a graph Laplacian between coordinates. Cost 2 n^2 (c + d) flops; memory 2 n^2. */
    @Override
    public DoubleMatrix fact() {
        int n = centers.rows();
        DoubleMatrix s = KernelMatrix.of(metric, centers, centers, execution).weights(kernel);
        double[] similarities =
                Inputs.product(alpha, alpha.transpose(), execution).values();
        DoubleMatrix degrees = DoubleMatrix.zeros(n, 1);
        execution.workers().run(n, i -> {
            double sum = 0;
            for (int k = i * n; k < (i + 1) * n; k++) {
                s.values()[k] *= similarities[k];
                sum += s.values()[k];
            }
            degrees.set(i, 0, sum);
        });
        DoubleMatrix result = centers.weightedGrams(degrees, execution);
        DoubleMatrix pulled =
                centers.transposeTimes(centers.transposeTimes(s, execution).transpose(), execution);
        for (int k = 0; k < result.values().length; k++) {
            result.values()[k] -= pulled.values()[k];
        }
        return result;
    }
}
