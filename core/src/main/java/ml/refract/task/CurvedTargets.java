package ml.refract.task;

import java.util.Arrays;
import java.util.Locale;

/**
 * A curve of the targets, standardised. Outside the range of the targets it is a line, as steep as the curve at that end but,
 * in units of the target, no steeper than the line from there to the median: a power could leave every bound within a few
 * deviations.
 *
 * @param curve the curve
 * @param mean of its values
 * @param deviation standard deviation (divisor n) of its values, above 0
 * @param low where the curve begins
 * @param high where it ends
 */
public record CurvedTargets(TargetCurve curve, double mean, double deviation, End low, End high)
        implements TargetTransform {

    /**
     * An end of the curve.
     *
     * @param target the target there
     * @param value of the curve
     * @param slope of the target by the value of the curve beyond it, above 0
     */
    public record End(double target, double value, double slope) {}

    static CurvedTargets of(TargetCurve curve, double[] y) {
        double[] sorted = Arrays.stream(y).sorted().toArray();
        StandardTargets values =
                StandardTargets.of(Arrays.stream(y).map(curve::value).toArray());
        return new CurvedTargets(
                curve,
                values.mean(),
                values.deviation(),
                end(curve, sorted, sorted[0]),
                end(curve, sorted, sorted[sorted.length - 1]));
    }

    private static End end(TargetCurve curve, double[] sorted, double target) {
        double value = curve.value(target);
        double inner = middle(sorted, target);
        double chord = (target - inner) / (value - curve.value(inner));
        return new End(target, value, Math.min(curve.slope(value), chord));
    }

    /** The median, or where that is the given end of the targets, the other end. */
    private static double middle(double[] sorted, double end) {
        double median = sorted[sorted.length / 2];
        return median != end ? median : end == sorted[0] ? sorted[sorted.length - 1] : sorted[0];
    }

    @Override
    public Kind kind() {
        return curve.kind();
    }

    @Override
    public double forward(double y) {
        double value = y < low.target
                ? low.value + (y - low.target) / low.slope
                : y > high.target ? high.value + (y - high.target) / high.slope : curve.value(y);
        return (value - mean) / deviation;
    }

    @Override
    public double inverse(double z) {
        double value = mean + deviation * z;
        return value < low.value
                ? low.target + (value - low.value) * low.slope
                : value > high.value ? high.target + (value - high.value) * high.slope : curve.inverse(value);
    }

    @Override
    public double slope(double z) {
        double value = mean + deviation * z;
        return deviation * (value < low.value ? low.slope : value > high.value ? high.slope : curve.slope(value));
    }

    @Override
    public String describe(String target) {
        return curve instanceof TargetCurve.YeoJohnson power
                ? String.format(Locale.ROOT, "Yeo-Johnson transform of %s with power %.3g", target, power.lambda())
                : "logarithm of " + target;
    }
}
