package ml.refract.engine;

/**
 * A fully connected network of infinite width, as a function of the complement d = 1 - c of the cosine of its two inputs: S_0 = Q_0 =
 * c, S_l = psi(S_(l-1)), Q_l = psi(S_(l-1)) + Q_(l-1) psi'(S_(l-1)) (specification of the RFM family, section 2; Jacot, Gabriel and
 * Hongler, 2018). The NNGP kernel is Q = S_H, the tangent kernel Q = Q_H.
 *
 * @param layer what each hidden layer does
 * @param layers hidden layers H; 0 is a linear model
 * @param tangent whether it is the tangent kernel
 */
public record WideNetwork(LayerFunction layer, int layers, boolean tangent) {

    /** No hidden layer. */
    static WideNetwork linear() {
        return new WideNetwork(new LayerFunction.Rectifier(0), 0, false);
    }

    /** Q at equal inputs. */
    public double atOne() {
        return value(0);
    }

    /** Q(c). */
    double value(double complement) {
        double d = complement;
        double q = 1 - d;
        for (int l = 0; l < layers; l++) {
            double next = layer.complement(d);
            q = (1 - next) + (tangent ? q * layer.slope(d) : 0);
            d = next;
        }
        return q;
    }

    /** Q'(c). */
    double slope(double complement) {
        double d = complement;
        double q = 1 - d;
        double dq = 1;
        double ds = 1;
        for (int l = 0; l < layers; l++) {
            double next = layer.complement(d);
            double slope = layer.slope(d);
            double before = tangent ? dq * slope + q * layer.curvature(d) * ds : 0;
            dq = slope * ds + before;
            q = (1 - next) + (tangent ? q * slope : 0);
            ds *= slope;
            d = next;
        }
        return dq;
    }
}
