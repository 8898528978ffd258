package ml.refract.concept;

import ml.refract.engine.Named;

/** Ways to extract a direction. */
public enum Method implements Named {
    /** Eigenvectors of the average gradient outer product of a recursive feature machine. */
    RFM("rfm", false),
    /** Mean of the rows with the concept less that of those without. */
    MEAN_DIFFERENCE("means", true),
    /** Principal components of differences between rows with the concept and rows without, paired at random. */
    PCA("pca", true),
    /** Weights of an l2-regularised logistic regression. */
    LOGISTIC("logistic", true),
    /** Weights of a ridge regression. */
    RIDGE("ridge", false),
    /** Fisher's linear discriminant with a shrunken covariance. */
    DISCRIMINANT("lda", true);

    private final String id;
    private final boolean binary;

    Method(String id, boolean binary) {
        this.id = id;
        this.binary = binary;
    }

    /** Name in options and reports. */
    @Override
    public String id() {
        return id;
    }

    /** Whether it wants targets that say absent or present. */
    public boolean needsBinaryTargets() {
        return binary;
    }

    /**
     * The method of an id.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Method of(String id) {
        return Named.of(Method.class, "method", id);
    }
}
