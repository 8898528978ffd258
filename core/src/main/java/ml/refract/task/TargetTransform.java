package ml.refract.task;

import java.util.Arrays;
import java.util.Optional;
import ml.refract.engine.Named;

/**
 * A strictly increasing map from the numbers of one target column to the numbers a model learns: skewed targets and those with
 * heavy tails become more even. Over the targets it was fitted to, what is learned has mean 0 and deviation 1 (divisor n).
 * Every transform is defined for all numbers: beyond the targets it was fitted to it is a line, so a finite output is never read
 * as an infinite number. Immutable.
 */
public sealed interface TargetTransform permits StandardTargets, CurvedTargets {

    /** The kinds there are. */
    enum Kind implements Named {
        /** No change but of mean and deviation. */
        IDENTITY("identity"),
        /** The natural logarithm, of targets that are all above 0. */
        LOG("log"),
        /** The power transform of Yeo and Johnson (Biometrika 2000) of standardised targets. */
        YEO_JOHNSON("yeo-johnson");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /** Its name in model files. */
        @Override
        public String id() {
            return id;
        }

        /**
         * The kind of a name.
         *
         * @throws IllegalArgumentException when there is none
         */
        public static Kind of(String id) {
            return Named.of(Kind.class, "transform of a target", id);
        }

        /**
         * Fits it to targets; empty when it cannot be: equal targets can only be standardised, and a logarithm needs targets
         * above 0.
         *
         * @param y finite numbers, at least one
         */
        public Optional<TargetTransform> fit(double[] y) {
            StandardTargets plain = StandardTargets.of(y);
            if (this == IDENTITY) {
                return Optional.of(plain);
            }
            if (!(plain.deviation() > 0) || (this == LOG && !Arrays.stream(y).allMatch(value -> value > 0))) {
                return Optional.empty();
            }
            TargetCurve curve = this == LOG ? new TargetCurve.Log() : TargetCurve.YeoJohnson.likeliest(y, plain);
            return Optional.of(CurvedTargets.of(curve, y));
        }
    }

    /** Its kind. */
    Kind kind();

    /** What a model learns for a target. */
    double forward(double y);

    /** The target of what a model learns: {@code inverse(forward(y)) = y}. NaN gives NaN. */
    double inverse(double z);

    /** Derivative of {@link #inverse}, above 0; at the ends of a curve, of one of the sides. */
    double slope(double z);

    /** What is learned, in words about the name of a target. */
    String describe(String target);

    /** What is learned for each target. */
    default double[] forward(double[] y) {
        return Arrays.stream(y).map(this::forward).toArray();
    }
}
