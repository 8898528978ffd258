package ml.refract.lab;

/**
 * Points of a chart that belong together, in order. Points that are not finite leave a gap. The arrays are not copied.
 *
 * @param name what the legend calls it
 * @param x where
 * @param y how much, as many as x
 * @param style how it is drawn
 */
public record Curve(String name, double[] x, double[] y, Style style) {
    /** How points are drawn. */
    public enum Style {
        /** Joined by a line. */
        LINE,
        /** Joined by a broken line: what is expected, beside what was measured. */
        DASHED,
        /** Each as a dot. */
        DOTS
    }

    /**
     * @throws IllegalArgumentException when there are not as many x as y
     */
    public Curve {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "The curve '" + name + "' has " + x.length + " x but " + y.length + " y");
        }
    }

    /** A line. */
    public static Curve line(String name, double[] x, double[] y) {
        return new Curve(name, x, y, Style.LINE);
    }

    /** A line through values at 0, 1, 2 and so on. */
    public static Curve line(String name, double... y) {
        return line(name, counting(y.length), y);
    }

    /** A broken line. */
    public static Curve dashed(String name, double[] x, double[] y) {
        return new Curve(name, x, y, Style.DASHED);
    }

    /** Dots. */
    public static Curve dots(String name, double[] x, double[] y) {
        return new Curve(name, x, y, Style.DOTS);
    }

    private static double[] counting(int length) {
        double[] x = new double[length];
        for (int i = 0; i < length; i++) {
            x[i] = i;
        }
        return x;
    }
}
