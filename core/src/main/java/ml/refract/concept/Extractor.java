package ml.refract.concept;

import ml.refract.concept.ProbeOptions.Form;

/** Proposes directions for a sample of rows. */
@FunctionalInterface
interface Extractor {
    /** Proposes one candidate after the other, in the order that wins ties. */
    void propose(Sample sample, boolean unitRows, Proposals proposals);

    /** Takes candidates. */
    interface Proposals {
        /** @param trial without its score */
        void accept(ProbeTrial trial, Directions directions);

        /** Told the share of one call of {@link Extractor#propose} that is done. */
        void progress(double share);
    }

    /** The extractor of a method. */
    static Extractor of(ProbeOptions options) {
        return switch (options.method()) {
            case RFM -> new FeatureExtractor(options);
            case MEAN_DIFFERENCE -> LinearExtractors::meanDifference;
            case PCA ->
                (sample, unit, proposals) -> LinearExtractors.principalDifferences(
                        sample, unit, options.components(), options.seed(), proposals);
            case LOGISTIC -> LinearExtractors::logistic;
            case RIDGE -> LinearExtractors::ridge;
            case DISCRIMINANT -> LinearExtractors::discriminant;
        };
    }

    /** Whether the form of the options is the primal one for this sample. */
    static boolean isPrimal(Form form, int rows, int outputs, int cols) {
        return form == Form.PRIMAL || (form == Form.AUTO && (long) rows * outputs > cols);
    }
}
