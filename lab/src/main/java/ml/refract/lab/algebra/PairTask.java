package ml.refract.lab.algebra;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.task.Scores;

/**
 * An operation on pairs (a, b) of v values as a classification: inputs are the unit vectors of a and of b one after the other (2v
 * numbers), the target is that of the result (arXiv 2407.20199; specification of the family, sections 4 and 5).
 *
 * @param values v
 * @param pairs all pairs the operation is defined for
 */
public record PairTask(int values, List<Pair> pairs) {
    /**
     * A pair and what comes out.
     *
     * @param first a
     * @param second b
     * @param label a op b
     */
    public record Pair(int first, int second, int label) {}

    /** Rows to learn from and all others, both ascending. */
    public record Split(int[] train, int[] test) {}

    /** What is done modulo p. */
    public enum Operation {
        /** a + b. */
        ADD,
        /** a - b. */
        SUBTRACT,
        /** a b. */
        MULTIPLY,
        /** a / b, where b is not 0. */
        DIVIDE;

        private int apply(int a, int b, int p) {
            return switch (this) {
                case ADD -> (a + b) % p;
                case SUBTRACT -> (a - b + p) % p;
                case MULTIPLY -> a * b % p;
                case DIVIDE -> {
                    int c = 0;
                    while (c * b % p != a) {
                        c++;
                    }
                    yield c;
                }
            };
        }
    }

    /** Copies the list. */
    public PairTask {
        pairs = List.copyOf(pairs);
    }

    /** An operation modulo a prime p: p^2 pairs, or p (p - 1) for division. */
    public static PairTask modulo(int p, Operation operation) {
        List<Pair> pairs = new ArrayList<>();
        for (int a = 0; a < p; a++) {
            for (int b = operation == Operation.DIVIDE ? 1 : 0; b < p; b++) {
                pairs.add(new Pair(a, b, operation.apply(a, b, p)));
            }
        }
        return new PairTask(p, pairs);
    }

    /** Addition in a group. Pair (a, b) is row a v + b. */
    public static PairTask addition(AbelianGroup group) {
        List<Pair> pairs = new ArrayList<>();
        for (int a = 0; a < group.order(); a++) {
            for (int b = 0; b < group.order(); b++) {
                pairs.add(new Pair(a, b, group.sum(a, b)));
            }
        }
        return new PairTask(group.order(), pairs);
    }

    /** Some rows of the inputs, m x 2v. */
    public DoubleMatrix inputs(int[] rows) {
        DoubleMatrix result = DoubleMatrix.zeros(rows.length, 2 * values);
        for (int i = 0; i < rows.length; i++) {
            result.set(i, pairs.get(rows[i]).first(), 1);
            result.set(i, values + pairs.get(rows[i]).second(), 1);
        }
        return result;
    }

    /** Some rows of the targets, m x v. */
    public DoubleMatrix targets(int[] rows) {
        DoubleMatrix result = DoubleMatrix.zeros(rows.length, values);
        for (int i = 0; i < rows.length; i++) {
            result.set(i, pairs.get(rows[i]).label(), 1);
        }
        return result;
    }

    /** A share of all rows at random, rounded down, to learn from. */
    public Split split(double share, SplittableRandom random) {
        return split(Seeds.sample(pairs.size(), (int) (share * pairs.size()), random));
    }

    /** These rows, ascending, to learn from. */
    public Split split(int[] train) {
        boolean[] taken = new boolean[pairs.size()];
        for (int row : train) {
            taken[row] = true;
        }
        return new Split(
                train,
                IntStream.range(0, taken.length).filter(row -> !taken[row]).toArray());
    }

    /** For some rows, whether the largest of the outputs (m x v) is that of the label; of equals the first counts. */
    public boolean[] correct(DoubleMatrix outputs, int[] rows) {
        boolean[] result = new boolean[rows.length];
        int[] predicted = Scores.argmax(outputs, values);
        for (int i = 0; i < rows.length; i++) {
            result[i] = predicted[i] == pairs.get(rows[i]).label();
        }
        return result;
    }

    /** The share of rows that are {@link #correct}; NaN without rows. */
    public double accuracy(DoubleMatrix outputs, int[] rows) {
        int count = 0;
        for (boolean one : correct(outputs, rows)) {
            count += one ? 1 : 0;
        }
        return (double) count / rows.length;
    }
}
