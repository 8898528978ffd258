package ml.refract.lab.algebra;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import ml.refract.linalg.DoubleMatrix;

/**
 * A map of pairs that leaves their sum in an Abelian group as it is: a rotation (a, b) -> (a + k, b - k), or a reflection (a, b) -> (b
 * - k, a + k). Together they are the generalised dihedral group of the group (arXiv 2604.00316; specification of the family, section
 * 5).
 *
 * @param group the group of order v
 * @param reflection whether a and b are exchanged
 * @param k an element of the group
 */
public record Symmetry(AbelianGroup group, boolean reflection, int k) {
    /** All 2v of them, rotations first; the first is the identity. */
    public static List<Symmetry> all(AbelianGroup group) {
        List<Symmetry> result = new ArrayList<>();
        for (boolean reflection : new boolean[] {false, true}) {
            for (int k = 0; k < group.order(); k++) {
                result.add(new Symmetry(group, reflection, k));
            }
        }
        return result;
    }

    /** The row of {@link PairTask#addition} that a row is mapped to. */
    public int image(int row) {
        int v = group.order();
        int a = row / v;
        int b = row % v;
        return reflection ? group.difference(b, k) * v + group.sum(a, k) : group.sum(a, k) * v + group.difference(b, k);
    }

    /** Rows that are mapped to themselves: those with b = a + k of a reflection. */
    public int[] fixedRows() {
        return IntStream.range(0, group.order() * group.order())
                .filter(row -> image(row) == row)
                .toArray();
    }

    /** Where each of the 2v input coordinates goes. */
    public int[] permutation() {
        int v = group.order();
        int[] result = new int[2 * v];
        for (int a = 0; a < v; a++) {
            result[a] = reflection ? v + group.sum(a, k) : group.sum(a, k);
            result[v + a] = reflection ? group.difference(a, k) : v + group.difference(a, k);
        }
        return result;
    }

    /** The permutation as a matrix P (2v x 2v): P e_i is the unit vector of the image of i. */
    public DoubleMatrix matrix() {
        int[] permutation = permutation();
        DoubleMatrix result = DoubleMatrix.zeros(permutation.length, permutation.length);
        for (int i = 0; i < permutation.length; i++) {
            result.set(permutation[i], i, 1);
        }
        return result;
    }

    /** How far a metric M (2v x 2v) is from the same after the map: ||P M P' - M|| / ||M||, Frobenius norms. */
    public double deviation(DoubleMatrix metric) {
        int[] permutation = permutation();
        double difference = 0;
        double size = 0;
        for (int i = 0; i < permutation.length; i++) {
            for (int j = 0; j < permutation.length; j++) {
                double value = metric.get(i, j);
                difference += Math.pow(metric.get(permutation[i], permutation[j]) - value, 2);
                size += value * value;
            }
        }
        return Math.sqrt(difference / size);
    }
}
