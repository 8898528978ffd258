package ml.refract.engine;

import java.util.SplittableRandom;
import ml.refract.linalg.DoubleMatrix;

/**
 * Many columns as fewer: dealt to {@value #MOST} groups at random, each column with a random sign, and added up in every group. What is
 * a sum over columns of products of two entries of one column, such as a squared length or an outer product of gradients, has the same
 * expectation over the sums of the groups, because the products of different columns cancel (Charikar, Chen and Farach-Colton, Finding
 * frequent items in data streams, ICALP 2002). With C = Y'Y the products of all columns over the rows, the squared length of Y deviates
 * by sqrt(2 / {@value #MOST}) ||C|| / tr C, relatively: 1/8 for columns that are all alike, 1/8 of 1 / sqrt(c) for c that are orthogonal
 * and equally long, as those of classes nearly are.
 */
public final class SignedGroups {
    /** Groups; as many columns or fewer stay as they are. */
    public static final int MOST = 128;

    private SignedGroups() {}

    /** Number of columns that so many become. */
    public static int count(long columns) {
        return (int) Math.min(columns, MOST);
    }

    /**
     * The sums of the groups, n x {@link #count}; the matrix itself where it has no more columns. Always the same groups for a number of
     * columns. Cost O(n c).
     *
     * @param columns n x c
     */
    public static DoubleMatrix of(DoubleMatrix columns) {
        int count = columns.cols();
        if (count <= MOST) {
            return columns;
        }
        SplittableRandom random = Seeds.stream(0, "groups of columns", count);
        int[] order = Seeds.permutation(count, random);
        int[] signs = random.ints(count, 0, 2).map(bit -> 2 * bit - 1).toArray();
        DoubleMatrix sums = DoubleMatrix.zeros(columns.rows(), MOST);
        for (int i = 0; i < columns.rows(); i++) {
            for (int k = 0; k < count; k++) {
                sums.values()[i * MOST + order[k] % MOST] += signs[k] * columns.get(i, k);
            }
        }
        return sums;
    }
}
