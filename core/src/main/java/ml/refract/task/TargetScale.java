package ml.refract.task;

import java.util.Arrays;

/**
 * How raw outputs of a model become numbers in the units of one target column. A model of transformed targets estimates what is
 * typical on the transformed scale; the mean in the target's units, which makes squared errors least, is read from an output f by
 * smearing (Duan, "Smearing estimate: a nonparametric retransformation method", JASA 78, 1983): the mean of inverse(f + e) over
 * errors e of the model on rows it had not learned from. Without errors it is inverse(f), nearer to the median than to the mean.
 *
 * @param mean of the targets, in their units
 * @param deviation standard deviation (divisor n) of the targets
 * @param transform what is learned of the targets
 * @param errors some typical errors on the scale of what is learned, ascending; none for targets that are only standardised,
 *     where they change nothing
 */
public record TargetScale(double mean, double deviation, TargetTransform transform, double[] errors) {
    private static final int MOST_ERRORS = 50;

    /** Targets learned by a transform, without known errors. */
    public static TargetScale of(double[] y, TargetTransform transform) {
        StandardTargets plain = StandardTargets.of(y);
        return new TargetScale(plain.mean(), plain.deviation(), transform, new double[0]);
    }

    /** The scale for other rows of the same target: standardised anew where nothing else is done, the same transform otherwise. */
    TargetScale on(double[] y) {
        StandardTargets plain = StandardTargets.of(y);
        return new TargetScale(
                plain.mean(),
                plain.deviation(),
                transform.kind() == TargetTransform.Kind.IDENTITY ? plain : transform,
                errors);
    }

    /**
     * The same scale with at most 50 errors: means of equal shares of those given, in order of size.
     *
     * @param cross errors forward(y) - f on rows that the model has not learned from, in any order, at least one
     */
    public TargetScale withErrors(double[] cross) {
        if (transform.kind() == TargetTransform.Kind.IDENTITY) {
            return this;
        }
        double[] sorted = Arrays.stream(cross).sorted().toArray();
        double[] means = new double[Math.min(MOST_ERRORS, sorted.length)];
        for (int k = 0; k < means.length; k++) {
            int from = (int) ((long) k * sorted.length / means.length);
            int to = (int) ((k + 1L) * sorted.length / means.length);
            means[k] = Arrays.stream(sorted, from, to).average().orElseThrow();
        }
        return new TargetScale(mean, deviation, transform, means);
    }

    /** The number a raw output stands for. NaN gives NaN. Cost of as many inverses as there are errors. */
    public double read(double output) {
        if (errors.length == 0) {
            return transform.inverse(output);
        }
        double sum = 0;
        for (double error : errors) {
            sum += transform.inverse(output + error);
        }
        return sum / errors.length;
    }

    /** Derivative of {@link #read} by the output. */
    public double slope(double output) {
        if (errors.length == 0) {
            return transform.slope(output);
        }
        double sum = 0;
        for (double error : errors) {
            sum += transform.slope(output + error);
        }
        return sum / errors.length;
    }
}
