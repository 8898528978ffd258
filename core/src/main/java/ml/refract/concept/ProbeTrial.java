package ml.refract.concept;

/**
 * A candidate of the search. What its method does not have is NaN, false or 0.
 *
 * @param unitRows whether centred rows were scaled to unit length
 * @param centredGradients whether the mean gradient was subtracted
 * @param bandwidth B
 * @param iterations updates of the metric behind it
 * @param ridge what was added to the diagonal of the kernel matrix in the last of them: the ridge that was set, or a larger one
 *     where rounding left the matrix not positive definite
 * @param penalty C of a logistic regression, ridge of a ridge regression, shrinkage of a discriminant
 * @param score on the validation rows; NaN without any, or when undefined
 */
public record ProbeTrial(
        boolean unitRows,
        boolean centredGradients,
        double bandwidth,
        int iterations,
        double ridge,
        double penalty,
        double score) {

    /** A trial of a method that has nothing to set but, perhaps, a penalty. */
    static ProbeTrial penalised(boolean unitRows, double penalty) {
        return new ProbeTrial(unitRows, false, Double.NaN, 0, Double.NaN, penalty, Double.NaN);
    }

    ProbeTrial withScore(double value) {
        return new ProbeTrial(unitRows, centredGradients, bandwidth, iterations, ridge, penalty, value);
    }
}
