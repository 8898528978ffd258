package ml.refract.rfm;

/**
 * The ridge of a round.
 *
 * @param leaveOneOut mean over rows of the squared leave-one-out residual under the metric of the round; NaN where the ridge was found
 *     in another way
 */
record ChosenRidge(double ridge, double leaveOneOut) {
    /** A ridge that leave-one-out did not choose. */
    static ChosenRidge of(double ridge) {
        return new ChosenRidge(ridge, Double.NaN);
    }
}
