package ml.refract.engine;

/**
 * The recursion of the neural tangent kernel of ReLU layers, Q_l = kappa1(S) + Q kappa0(S), S_l = kappa1(S), with kappa0(c) = 1 -
 * acos(c) / pi and kappa1(c) = (c (pi - acos c) + sqrt(1 - c^2)) / pi (specification of the RFM family, section 2; Cho and Saul,
 * 2009). It is carried by the complements 1 - S, which keep their digits where points are nearly parallel: acos would lose half
 * of them. The cosine comes in by its complement, too.
 */
final class ArcCosine {
    /** Squared sines below this are rounding: the own term of the kink is dropped (specification, section 2.5). */
    private static final double KINK = 1e-13;

    private ArcCosine() {}

    /** Q(c). */
    static double value(int layers, double complement) {
        double d = complement;
        double q = 1 - d;
        for (int l = 0; l < layers; l++) {
            double angle = angle(d);
            double next = next(d, angle);
            q = (1 - next) + q * (1 - angle / Math.PI);
            d = next;
        }
        return q;
    }

    /** Q'(c). */
    static double slope(int layers, double complement) {
        double d = complement;
        double q = 1 - d;
        double dq = 1;
        double ds = 1;
        for (int l = 0; l < layers; l++) {
            double angle = angle(d);
            double next = next(d, angle);
            double slope = 1 - angle / Math.PI;
            double square = d * (2 - d);
            double bend = square < KINK ? 0 : 1 / (Math.PI * Math.sqrt(square));
            dq = slope * ds + dq * slope + q * bend * ds;
            q = (1 - next) + q * slope;
            ds *= slope;
            d = next;
        }
        return dq;
    }

    /** Q(c) - c Q'(c). */
    static double excess(int layers, double complement) {
        return value(layers, complement) - (1 - complement) * slope(layers, complement);
    }

    private static double angle(double complement) {
        return 2 * Math.asin(Math.sqrt(complement / 2));
    }

    /** 1 - kappa1(c). */
    private static double next(double complement, double angle) {
        double sine = Math.sqrt(complement * (2 - complement));
        return Math.max(0, complement - (sine - angle * (1 - complement)) / Math.PI);
    }
}
