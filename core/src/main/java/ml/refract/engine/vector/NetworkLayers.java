package ml.refract.engine.vector;

import ml.refract.engine.LayerFunction;
import ml.refract.engine.WideNetwork;

/** The kernel Q of a network, for many pairs. Immutable. */
interface NetworkLayers {

    /** What is wanted of Q and its slope Q' at a cosine c: value Q + (slope + turn c) Q'. */
    enum Slope {
        /** Q'. */
        ALONE(0, 1, 0),
        /** Q - c Q'. */
        EXCESS(1, 0, -1),
        /** -c Q'. */
        TURNED(0, 0, -1);

        private final float value;
        private final float slope;
        private final float turn;

        Slope(float value, float slope, float turn) {
            this.value = value;
            this.slope = slope;
            this.turn = turn;
        }

        float value() {
            return value;
        }

        float slope() {
            return slope;
        }

        float turn() {
            return turn;
        }
    }

    /**
     * Q of complements of cosines, in place.
     *
     * @param complements from 0 to 2
     * @param length a multiple of the vector width
     */
    void values(float[] complements, int length);

    /** A slope of Q, in place. */
    void slopes(Slope wanted, float[] complements, int length);

    /** Those of a network. */
    static NetworkLayers of(WideNetwork network) {
        float tangent = network.tangent() ? 1 : 0;
        if (network.layer() instanceof LayerFunction.Rectifier rectifier) {
            return new RectifierLayers((float) rectifier.share(), network.layers(), tangent);
        }
        return SeriesLayers.of((LayerFunction.Series) network.layer(), network.layers(), tangent);
    }
}
