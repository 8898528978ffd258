package ml.refract.explain;

/** Nodes and weights of Gauss-Legendre quadrature on [0, 1] (Golub and Welsch 1969; here by Newton's method). */
final class GaussLegendre {
    private static final int NEWTON_STEPS = 100;

    final double[] nodes;
    final double[] weights;

    GaussLegendre(int count) {
        nodes = new double[count];
        weights = new double[count];
        for (int k = 0; k < count; k++) {
            double x = Math.cos(Math.PI * (k + 0.75) / (count + 0.5));
            double slope = 0;
            for (int step = 0; step < NEWTON_STEPS; step++) {
                double p = 1;
                double previous = 0;
                for (int j = 1; j <= count; j++) {
                    double older = previous;
                    previous = p;
                    p = ((2 * j - 1) * x * previous - (j - 1) * older) / j;
                }
                slope = count * (x * p - previous) / (x * x - 1);
                double change = p / slope;
                x -= change;
                if (Math.abs(change) < 1e-16) {
                    break;
                }
            }
            nodes[count - 1 - k] = (1 + x) / 2;
            weights[count - 1 - k] = 1 / ((1 - x * x) * slope * slope);
        }
    }
}
