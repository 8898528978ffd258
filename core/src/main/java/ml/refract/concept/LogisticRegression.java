package ml.refract.concept;

import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;

/**
 * Logistic regression on rows of which only the inner products are known: minimises |w|^2 / 2 + C sum_i log loss(y_i, w'x_i)
 * over w = X' b, by Newton's method. With S = X X', W = C diag(p (1 - p)) and the gradient X'(b + C (p - y)), the step is
 * r - W^1/2 (I + W^1/2 S W^1/2)^-1 W^1/2 S r for r = -(b + C (p - y)), which divides by nothing that may vanish (Rasmussen and
 * Williams, Gaussian Processes for Machine Learning, section 3.4.3). An intercept, penalised as any weight, is a constant
 * feature: 1 added to every inner product.
 *
 * <p>Cost n^3/3 flops a step, about ten steps.
 */
final class LogisticRegression {
    private static final int MOST_STEPS = 100;
    private static final int MOST_HALVINGS = 40;
    /** Of the gradient's norm at the start. */
    private static final double TOLERANCE = 1e-8;

    private final DoubleMatrix gram;
    private final double[] targets;
    private final double cost;
    private final DoubleKernels kernels;
    private final ParallelFor parallel;

    private LogisticRegression(
            DoubleMatrix gram, double[] targets, double cost, DoubleKernels kernels, ParallelFor parallel) {
        this.gram = gram;
        this.targets = targets;
        this.cost = cost;
        this.kernels = kernels;
        this.parallel = parallel;
    }

    /**
     * The coefficients b, n of them.
     *
     * @param gram S (n x n), positive semidefinite
     * @param targets y, from 0 to 1
     * @param cost C > 0
     */
    static double[] fit(DoubleMatrix gram, double[] targets, double cost, DoubleKernels kernels, ParallelFor parallel) {
        return new LogisticRegression(gram, targets, cost, kernels, parallel).minimise();
    }

    private double[] minimise() {
        int n = targets.length;
        double[] b = new double[n];
        double[] scores = new double[n];
        double value = value(b, scores);
        double start = Double.NaN;
        for (int step = 0; step < MOST_STEPS; step++) {
            double[] descent = descent(b, scores);
            double[] image = gramTimes(descent);
            double size = Math.sqrt(Math.max(0, dot(descent, image)));
            start = step == 0 ? size : start;
            if (!(size > TOLERANCE * start)) {
                break;
            }
            double[] move = newton(descent, image, scores);
            double[] moveImage = gramTimes(move);
            double decrease = dot(descent, moveImage); // of the objective along the move, to first order
            double length = 1;
            boolean moved = false;
            for (int halving = 0; halving < MOST_HALVINGS && !moved; halving++, length /= 2) {
                double[] tried = sum(b, length, move);
                double[] triedScores = sum(scores, length, moveImage);
                double triedValue = value(tried, triedScores);
                if (triedValue <= value - 1e-4 * length * decrease) {
                    b = tried;
                    scores = triedScores;
                    value = triedValue;
                    moved = true;
                }
            }
            if (!moved) {
                break; // as far as rounding lets it
            }
        }
        return b;
    }

    /** r = -(b + C (p - y)). */
    private double[] descent(double[] b, double[] scores) {
        double[] result = new double[b.length];
        for (int i = 0; i < b.length; i++) {
            result[i] = cost * (targets[i] - probability(scores[i])) - b[i];
        }
        return result;
    }

    private double[] newton(double[] descent, double[] image, double[] scores) {
        int n = descent.length;
        double[] roots = new double[n];
        DoubleMatrix side = DoubleMatrix.zeros(n, 1);
        for (int i = 0; i < n; i++) {
            double p = probability(scores[i]);
            roots[i] = Math.sqrt(cost * p * (1 - p));
            side.values()[i] = roots[i] * image[i];
        }
        DoubleMatrix system = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                system.values()[i * n + j] = roots[i] * gram.values()[i * n + j] * roots[j];
            }
        }
        double[] solved = DoubleCholesky.of(system, 1, kernels, parallel)
                .orElseThrow(() -> new ArithmeticException("inner products of rows are not positive semidefinite"))
                .solve(side)
                .values();
        double[] result = new double[n];
        for (int i = 0; i < n; i++) {
            result[i] = descent[i] - roots[i] * solved[i];
        }
        return result;
    }

    private double value(double[] b, double[] scores) {
        double loss = 0;
        for (int i = 0; i < b.length; i++) {
            double s = scores[i];
            loss += Math.max(0, s) + Math.log1p(Math.exp(-Math.abs(s))) - targets[i] * s;
        }
        return dot(b, scores) / 2 + cost * loss;
    }

    static double probability(double score) {
        return score >= 0 ? 1 / (1 + Math.exp(-score)) : Math.exp(score) / (1 + Math.exp(score));
    }

    private double[] gramTimes(double[] x) {
        return gram.times(DoubleMatrix.column(x)).values();
    }

    private static double[] sum(double[] a, double factor, double[] b) {
        double[] result = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = a[i] + factor * b[i];
        }
        return result;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
