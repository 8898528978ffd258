package ml.refract.linalg;

/** Softmax without overflow. */
public final class Softmax {
    private Softmax() {}

    /**
     * Replaces logits by exp(z_k) / sum of exp(z).
     *
     * @return ln of the sum of exp(z)
     */
    public static double inPlace(double[] z, int from, int count) {
        double most = Double.NEGATIVE_INFINITY;
        for (int k = from; k < from + count; k++) {
            most = Math.max(most, z[k]);
        }
        double sum = 0;
        for (int k = from; k < from + count; k++) {
            z[k] = Math.exp(z[k] - most);
            sum += z[k];
        }
        for (int k = from; k < from + count; k++) {
            z[k] /= sum;
        }
        return most + Math.log(sum);
    }
}
