package ml.refract.rfm.exact;

/** A kernel k(x, z) under a metric M, with ||v||_M^2 = v'Mv (specification of the family, section 2). */
public sealed interface ExactKernel {
    /**
     * exp(-(||x - z||_M / L)^q).
     *
     * @param bandwidth L
     * @param exponent q, above 0 and at most 2
     */
    record Radial(double bandwidth, double exponent) implements ExactKernel {
        /** Squared distances that are a smaller share of the squared norms are rounding. */
        private static final double ROUNDING = 1e-13;

        /**
         * @throws IllegalArgumentException naming what is out of range
         */
        public Radial {
            if (!(bandwidth > 0 && bandwidth <= 1e9) || !(exponent > 0 && exponent <= 2)) {
                throw new IllegalArgumentException(
                        "A radial kernel needs a bandwidth above 0 and at most 1e9 and an exponent "
                                + "above 0 and at most 2, got " + bandwidth + " and " + exponent);
            }
        }

        /** ||x - z||_M^2 from x'Mx, z'Mz and x'Mz, exactly 0 where rounding is all that is left. */
        static double squaredDistance(double x, double z, double inner) {
            double squared = x + z - 2 * inner;
            return squared <= ROUNDING * (x + z) ? 0 : squared;
        }

        double value(double squared) {
            return exponent == 2
                    ? Math.exp(-squared / (bandwidth * bandwidth))
                    : exponent == 1
                            ? Math.exp(-Math.sqrt(squared) / bandwidth)
                            : Math.exp(-Math.pow(Math.sqrt(squared) / bandwidth, exponent));
        }

        /** w of grad_x k = w M (x - z), which is 0 at distance 0. */
        double weight(double squared) {
            if (squared == 0) {
                return 0;
            }
            double value = value(squared);
            return exponent == 2
                    ? -2 * value / (bandwidth * bandwidth)
                    : -exponent * value * Math.pow(bandwidth, -exponent) * Math.pow(squared, exponent / 2 - 1);
        }
    }

    /** (x'Mz)^2. */
    record Quadratic() implements ExactKernel {}

    /** (||x||_M^2 - 1)(||z||_M^2 - 1)/2 + (x'Mz)^2: the second order of a Hermite expansion, off the sphere. */
    record GeneralQuadratic() implements ExactKernel {}

    /** exp(-||x - z||_M / L). */
    static ExactKernel laplace(double bandwidth) {
        return new Radial(bandwidth, 1);
    }

    /** exp(-||x - z||_M^2 / (2 L^2)), as in the programs of the authors of RFM. */
    static ExactKernel gaussian(double bandwidth) {
        return new Radial(bandwidth * Math.sqrt(2), 2);
    }

    /** exp(-||x - z||_M^2 / L), as in the text of the papers on grokking. */
    static ExactKernel gaussianOfPapers(double bandwidth) {
        return new Radial(Math.sqrt(bandwidth), 2);
    }

    /** exp(-(||x - z||_M / L)^q). */
    static ExactKernel generalisedGaussian(double bandwidth, double exponent) {
        return new Radial(bandwidth, exponent);
    }

    /** (x'Mz)^2. */
    static ExactKernel quadratic() {
        return new Quadratic();
    }

    /** (||x||_M^2 - 1)(||z||_M^2 - 1)/2 + (x'Mz)^2. */
    static ExactKernel generalQuadratic() {
        return new GeneralQuadratic();
    }
}
