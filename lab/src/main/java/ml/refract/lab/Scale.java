package ml.refract.lab;

import java.util.ArrayList;
import java.util.List;

/** Maps numbers to places along an axis. */
record Scale(boolean logarithmic, double low, double high, double from, double to) {
    private static final int TICKS = 6;

    /** The scale that shows all numbers that can be shown between two places. */
    static Scale of(boolean logarithmic, List<double[]> values, double from, double to) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double[] some : values) {
            for (double value : some) {
                if (Double.isFinite(value) && (!logarithmic || value > 0)) {
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
        }
        if (low > high) {
            return new Scale(logarithmic, 1, 10, from, to);
        }
        return logarithmic ? decades(low, high, from, to) : steps(low, high, from, to);
    }

    private static Scale decades(double low, double high, double from, double to) {
        double first = Math.floor(Math.log10(low) + 1e-9);
        double last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
        return new Scale(true, Math.pow(10, first), Math.pow(10, last), from, to);
    }

    private static Scale steps(double low, double high, double from, double to) {
        double room = high > low ? high - low : Math.max(1, Math.abs(low));
        double step = step(room);
        return new Scale(
                false, step * Math.floor(low / step + 1e-9), step * Math.ceil((low + room) / step - 1e-9), from, to);
    }

    /** The round step (1, 2 or 5 times a power of ten) that divides a range into at most {@value #TICKS} parts. */
    private static double step(double range) {
        double power = Math.pow(10, Math.floor(Math.log10(range / TICKS)));
        for (double digit : new double[] {1, 2, 5}) {
            if (range / (digit * power) <= TICKS) {
                return digit * power;
            }
        }
        return 10 * power;
    }

    boolean shows(double value) {
        return Double.isFinite(value) && (!logarithmic || value > 0);
    }

    double at(double value) {
        double share = logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
        return from + share * (to - from);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            long first = Math.round(Math.log10(low));
            long last = Math.round(Math.log10(high));
            long every = (last - first + TICKS) / (TICKS + 1);
            for (long k = first; k <= last; k += Math.max(1, every)) {
                ticks.add(Math.pow(10, k));
            }
            return ticks;
        }
        double step = step(high - low);
        for (long k = Math.round(low / step); k * step <= high + step / 1e6; k++) {
            ticks.add(k * step);
        }
        return ticks;
    }
}
