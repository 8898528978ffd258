package ml.refract.engine;

/**
 * What a tile computes for a pair of points with coordinate differences u, after the metric has been applied to both.
 *
 * <ul>
 *   <li>{@link Form#POWER}: value exp(-S / L^q') with S = (sum of |u_s|^p)^(q/p) and L^q' = L^q; p = 2 is the
 *       generalised Laplace kernel, p = q the product kernel.
 *   <li>{@link Form#SUM_POWER}: value b^P with b = mix + (1 - mix) mean_s exp(-|u_s|^q / L^q).
 *   <li>{@link Form#NETWORK}: of inner products, not of differences. With a^2 = L^2 + |x|^2, b^2 = L^2 + |z|^2 and the cosine c =
 *       (L^2 + x.z) / (a b), value a b Q(c) / (Q(1) L^2): the kernel of a {@link WideNetwork} on the inputs (x, L), scaled to 1 at
 *       x = z = 0. Where the activation is not homogeneous inputs are taken at length 1: value Q(c) / Q(1).
 * </ul>
 *
 * <p>The weight of a pair is the scalar w in the gradient of the value with respect to the query,
 * (grad)_s = w psi(u_s) with u = query - center, where psi(u) = |u|^(p-1) sign u for POWER (p = 2: u itself) and
 * exp(-|u|^q / L^q) |u|^(q-1) sign u for SUM_POWER. The self term is dropped: psi(0) = 0, and a POWER pair at distance
 * zero has weight zero (specification of xRFM, section 3). For NETWORK the gradient is w z + w' x with the query x, the center z,
 * w = Q'(c) / (Q(1) L^2) and the own weight w' = (b / a) (Q(c) - c Q'(c)) / (Q(1) L^2); where inputs are taken at length 1, w =
 * Q'(c) / (a b Q(1)) and w' = -c Q'(c) / (a^2 Q(1)).
 *
 * @param form which of them
 * @param norm p, 0 < p <= 2; ignored by SUM_POWER
 * @param exponent q
 * @param bandwidth L
 * @param mix constant part, SUM_POWER only
 * @param power P, SUM_POWER only
 * @param width number of transformed coordinates averaged over, SUM_POWER only
 * @param weightFloor smallest distance used inside a weight, 0 for none; keeps single near-duplicates from owning a
 *     gradient moment when q < 1
 * @param network NETWORK only
 */
public record PairFunction(
        Form form,
        double norm,
        double exponent,
        double bandwidth,
        double mix,
        int power,
        int width,
        double weightFloor,
        WideNetwork network) {

    /** Shape of the formula. */
    public enum Form {
        POWER,
        SUM_POWER,
        NETWORK
    }

    /** What to put into a tile. */
    public enum Output {
        VALUE,
        WEIGHT,
        /** The weight that multiplies the query itself; only where pairs are {@linkplain #inner() inner products}. */
        OWN_WEIGHT
    }

    /** The formula of the power form. */
    public static PairFunction power(double norm, double exponent, double bandwidth) {
        return new PairFunction(Form.POWER, norm, exponent, bandwidth, 0, 1, 1, 0, WideNetwork.linear());
    }

    /** The formula of the sum-power form. */
    public static PairFunction sumPower(double exponent, double bandwidth, double mix, int power, int width) {
        return new PairFunction(
                Form.SUM_POWER, exponent, exponent, bandwidth, mix, power, width, 0, WideNetwork.linear());
    }

    /** The kernel of a network. */
    public static PairFunction network(double bandwidth, WideNetwork network) {
        return new PairFunction(Form.NETWORK, 2, 1, bandwidth, 0, 1, 1, 0, network);
    }

    /** The same formula with a floor under the distance inside weights. */
    public PairFunction withWeightFloor(double floor) {
        return new PairFunction(form, norm, exponent, bandwidth, mix, power, width, floor, network);
    }

    /** Whether distances are Euclidean, so that inner products give them. */
    public boolean euclidean() {
        return form == Form.POWER && norm == 2;
    }

    /** Whether a pair is measured by the inner product of its points, about an origin that matters, instead of by differences. */
    public boolean inner() {
        return form == Form.NETWORK;
    }

    /** Whether turning all points together changes nothing, so that the metric itself serves in place of its root. */
    public boolean rotationInvariant() {
        return euclidean() || inner();
    }

    /** L^2: what an inner product and both squared norms are raised by. */
    public double bias() {
        return bandwidth * bandwidth;
    }

    /** 1 / L^q. */
    public double scale() {
        return Math.pow(bandwidth, -exponent);
    }

    /** The contribution of one coordinate difference to the sum a pair accumulates. */
    public double term(double difference) {
        double u = Math.abs(difference);
        if (form == Form.SUM_POWER) {
            return Math.exp(-scale() * Math.pow(u, exponent));
        }
        return norm == 2 ? u * u : norm == 1 ? u : Math.pow(u, norm);
    }

    /** The value of a pair from its accumulated sum. */
    public double value(double sum) {
        if (form == Form.SUM_POWER) {
            return Math.pow(mix + (1 - mix) * (sum / width), power); // exactly 1 at sum = width
        }
        return Math.exp(-scale() * Math.pow(sum, exponent / norm));
    }

    /** The weight of a pair from its accumulated sum. */
    public double weight(double sum) {
        if (form == Form.SUM_POWER) {
            double base = mix + (1 - mix) * (sum / width);
            return -power * Math.pow(base, power - 1) * (1 - mix) / width * exponent * scale();
        }
        if (sum == 0) {
            return 0;
        }
        double floored = Math.max(sum, Math.pow(weightFloor, norm));
        return -exponent * scale() * value(sum) * Math.pow(floored, exponent / norm - 1);
    }

    /**
     * What a pair of {@linkplain #inner() inner products} has.
     *
     * @param complement 1 - c, from 0 to 2
     * @param a length of the query with its bias, sqrt(L^2 + |x|^2)
     * @param b length of the center with its bias
     */
    public double ofCosine(Output output, double complement, double a, double b) {
        boolean lengths = network.layer().homogeneous();
        double share = network.atOne() * (lengths ? bias() : 1);
        if (output == Output.VALUE) {
            return network.value(complement) * (lengths ? a * b : 1) / share; // the same bits for (b, a)
        }
        double slope = network.slope(complement);
        if (output == Output.WEIGHT) {
            return slope / (lengths ? share : share * (a * b)); // here, too
        }
        double turn = (1 - complement) * slope;
        return lengths ? (network.value(complement) - turn) * (b / a) / share : -turn / (a * a) / share;
    }

    /** psi(u): the factor of the weight along one coordinate. Zero at u = 0. */
    public double slope(double difference) {
        if (difference == 0) {
            return 0;
        }
        double u = Math.abs(difference);
        double size = form == Form.SUM_POWER ? term(difference) * Math.pow(u, exponent - 1) : Math.pow(u, norm - 1);
        return Math.copySign(size, difference);
    }
}
