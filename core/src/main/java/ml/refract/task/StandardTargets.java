package ml.refract.task;

/**
 * Targets without their mean, in units of their deviation.
 *
 * @param mean of the targets
 * @param deviation standard deviation (divisor n) of the targets; 0 for equal ones
 */
public record StandardTargets(double mean, double deviation) implements TargetTransform {
    private static final double LEAST_DEVIATION = 1e-30;

    static StandardTargets of(double[] y) {
        double sum = 0;
        for (double value : y) {
            sum += value;
        }
        double mean = sum / y.length;
        double squares = 0;
        for (double value : y) {
            squares += (value - mean) * (value - mean);
        }
        return new StandardTargets(mean, Math.sqrt(squares / y.length));
    }

    @Override
    public Kind kind() {
        return Kind.IDENTITY;
    }

    @Override
    public double forward(double y) {
        return (y - mean) / (deviation + LEAST_DEVIATION);
    }

    @Override
    public double inverse(double z) {
        return mean + deviation * z;
    }

    @Override
    public double slope(double z) {
        return deviation;
    }

    @Override
    public String describe(String target) {
        return target;
    }
}
