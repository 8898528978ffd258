package ml.refract.lab;

import java.util.List;
import ml.refract.linalg.DoubleMatrix;

/** A part of the picture of an experiment. */
public sealed interface Panel {
    /** What stands above it. */
    String title();

    /**
     * Curves over two axes.
     *
     * @param title what stands above it
     * @param x the horizontal axis
     * @param y the vertical axis
     * @param curves at least one
     */
    record Chart(String title, Axis x, Axis y, List<Curve> curves) implements Panel {
        public Chart {
            curves = List.copyOf(curves);
            if (curves.isEmpty()) {
                throw new IllegalArgumentException("The chart '" + title + "' needs at least one curve");
            }
        }

        /** A chart of some curves. */
        public static Chart of(String title, Axis x, Axis y, Curve... curves) {
            return new Chart(title, x, y, List.of(curves));
        }
    }

    /**
     * The entries of a matrix as colours: white at 0, blue above, red below, darkest at the largest size. The matrix is not
     * copied.
     *
     * @param title what stands above it
     * @param values the matrix, its first row on top
     */
    record HeatMap(String title, DoubleMatrix values) implements Panel {
        public HeatMap {
            if (values.rows() == 0 || values.cols() == 0) {
                throw new IllegalArgumentException("The heat map '" + title + "' needs at least one entry");
            }
        }
    }

    /**
     * An axis of a chart.
     *
     * @param name what it shows, with its unit
     * @param logarithmic whether equal steps are equal factors; values that are not positive are then left out
     */
    record Axis(String name, boolean logarithmic) {
        /** Equal steps are equal differences. */
        public static Axis linear(String name) {
            return new Axis(name, false);
        }

        /** Equal steps are equal factors. */
        public static Axis log(String name) {
            return new Axis(name, true);
        }
    }
}
