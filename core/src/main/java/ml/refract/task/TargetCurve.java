package ml.refract.task;

/** A smooth, strictly increasing function of a target. Immutable. */
public sealed interface TargetCurve {
    /** The kind of transform it makes. */
    TargetTransform.Kind kind();

    /** The function. */
    double value(double y);

    /** Its inverse. */
    double inverse(double t);

    /** Derivative of the inverse. */
    double slope(double t);

    /** The natural logarithm, of numbers above 0. */
    record Log() implements TargetCurve {
        @Override
        public TargetTransform.Kind kind() {
            return TargetTransform.Kind.LOG;
        }

        @Override
        public double value(double y) {
            return Math.log(y);
        }

        @Override
        public double inverse(double t) {
            return Math.exp(t);
        }

        @Override
        public double slope(double t) {
            return Math.exp(t);
        }
    }

    /**
     * The power transform of Yeo and Johnson ("A new family of power transformations to improve normality or symmetry",
     * Biometrika 87, 2000) of u = (y - center) / scale: ((u + 1)^lambda - 1) / lambda for u above 0, ln(u + 1) for lambda 0, and
     * below 0 the mirror image with power 2 - lambda. Lambda 1 changes nothing.
     *
     * @param scale above 0
     */
    record YeoJohnson(double center, double scale, double lambda) implements TargetCurve {
        /** A range that is the same for targets and their negatives. */
        private static final double LEAST = -2;

        private static final double MOST = 4;
        private static final double TOLERANCE = 1e-5;
        private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

        /** The power of the largest likelihood, by golden section; targets are first standardised, so units do not matter. */
        static YeoJohnson likeliest(double[] y, StandardTargets plain) {
            double low = LEAST;
            double high = MOST;
            double left = high - GOLDEN * (high - low);
            double right = low + GOLDEN * (high - low);
            double atLeft = likelihood(y, plain, left);
            double atRight = likelihood(y, plain, right);
            while (high - low > TOLERANCE) {
                if (atLeft < atRight) {
                    low = left;
                    left = right;
                    atLeft = atRight;
                    right = low + GOLDEN * (high - low);
                    atRight = likelihood(y, plain, right);
                } else {
                    high = right;
                    right = left;
                    atRight = atLeft;
                    left = high - GOLDEN * (high - low);
                    atLeft = likelihood(y, plain, left);
                }
            }
            return new YeoJohnson(plain.mean(), plain.deviation(), (low + high) / 2);
        }

        /** Log-likelihood per row of normal errors, up to a constant: -ln(variance)/2 + mean of ln(derivative). */
        private static double likelihood(double[] y, StandardTargets plain, double lambda) {
            YeoJohnson curve = new YeoJohnson(plain.mean(), plain.deviation(), lambda);
            double[] values = new double[y.length];
            double logs = 0;
            for (int i = 0; i < y.length; i++) {
                double u = (y[i] - plain.mean()) / plain.deviation();
                values[i] = curve.value(y[i]);
                logs += Math.copySign(Math.log1p(Math.abs(u)), u);
            }
            return (lambda - 1) * logs / y.length
                    - Math.log(StandardTargets.of(values).deviation());
        }

        @Override
        public TargetTransform.Kind kind() {
            return TargetTransform.Kind.YEO_JOHNSON;
        }

        @Override
        public double value(double y) {
            double u = (y - center) / scale;
            return u >= 0 ? power(u, lambda) : -power(-u, 2 - lambda);
        }

        @Override
        public double inverse(double t) {
            double u = t >= 0 ? root(t, lambda) : -root(-t, 2 - lambda);
            return center + scale * u;
        }

        @Override
        public double slope(double t) {
            double a = t >= 0 ? lambda : 2 - lambda;
            return scale * Math.exp((1 - a) * Math.log1p(root(Math.abs(t), a)));
        }

        /** ((1 + u)^a - 1) / a, accurate for small a too. */
        private static double power(double u, double a) {
            double log = Math.log1p(u);
            return a == 0 ? log : Math.expm1(a * log) / a;
        }

        /** The u of {@code power(u, a) = t}. */
        private static double root(double t, double a) {
            return a == 0 ? Math.expm1(t) : Math.expm1(Math.log1p(a * t) / a);
        }
    }
}
