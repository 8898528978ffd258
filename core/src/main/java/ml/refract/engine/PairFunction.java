package ml.refract.engine;

/**
 * What a tile computes for a pair of points with coordinate differences u, after the metric has been applied to both.
 *
 * <ul>
 *   <li>{@link Form#POWER}: value exp(-S / L^q') with S = (sum of |u_s|^p)^(q/p) and L^q' = L^q; p = 2 is the
 *       generalised Laplace kernel, p = q the product kernel.
 *   <li>{@link Form#SUM_POWER}: value b^P with b = mix + (1 - mix) mean_s exp(-|u_s|^q / L^q).
 * </ul>
 *
 * <p>The weight of a pair is the scalar w in the gradient of the value with respect to the query,
 * (grad)_s = w psi(u_s) with u = query - center, where psi(u) = |u|^(p-1) sign u for POWER (p = 2: u itself) and
 * exp(-|u|^q / L^q) |u|^(q-1) sign u for SUM_POWER. The self term is dropped: psi(0) = 0, and a POWER pair at distance
 * zero has weight zero (specification of xRFM, section 3).
 *
 * @param form which of the two
 * @param norm p, 0 < p <= 2; ignored by SUM_POWER
 * @param exponent q
 * @param bandwidth L
 * @param mix constant part, SUM_POWER only
 * @param power P, SUM_POWER only
 * @param width number of transformed coordinates averaged over, SUM_POWER only
 * @param weightFloor smallest distance used inside a weight, 0 for none; keeps single near-duplicates from owning a
 *     gradient moment when q < 1
 */
public record PairFunction(
        Form form,
        double norm,
        double exponent,
        double bandwidth,
        double mix,
        int power,
        int width,
        double weightFloor) {

    /** Shape of the formula. */
    public enum Form {
        POWER,
        SUM_POWER
    }

    /** What to put into a tile. */
    public enum Output {
        VALUE,
        WEIGHT
    }

    /** The formula of the power form. */
    public static PairFunction power(double norm, double exponent, double bandwidth) {
        return new PairFunction(Form.POWER, norm, exponent, bandwidth, 0, 1, 1, 0);
    }

    /** The formula of the sum-power form. */
    public static PairFunction sumPower(double exponent, double bandwidth, double mix, int power, int width) {
        return new PairFunction(Form.SUM_POWER, exponent, exponent, bandwidth, mix, power, width, 0);
    }

    /** The same formula with a floor under the distance inside weights. */
    public PairFunction withWeightFloor(double floor) {
        return new PairFunction(form, norm, exponent, bandwidth, mix, power, width, floor);
    }

    /** Whether distances are Euclidean, so that inner products give them. */
    public boolean euclidean() {
        return form == Form.POWER && norm == 2;
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
