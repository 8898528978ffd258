package ml.refract.rfm.exact;

import java.util.Arrays;
import ml.refract.linalg.DoubleMatrix;

/** How a metric M (d x d) is scaled after an update. The scale trades against the bandwidth of a radial kernel. */
public enum MetricScale {
    /** As it is. */
    NONE {
        @Override
        double size(DoubleMatrix metric) {
            return 1;
        }
    },
    /** Its largest entry is 1. */
    LARGEST_ENTRY {
        @Override
        double size(DoubleMatrix metric) {
            return Arrays.stream(metric.values()).max().orElse(1);
        }
    },
    /** Its trace is d, that of the identity. */
    TRACE {
        @Override
        double size(DoubleMatrix metric) {
            double trace = 0;
            for (int i = 0; i < metric.rows(); i++) {
                trace += metric.get(i, i);
            }
            return trace / metric.rows();
        }
    },
    /** Its Frobenius norm is 1. */
    FROBENIUS {
        @Override
        double size(DoubleMatrix metric) {
            return Math.sqrt(
                    Arrays.stream(metric.values()).map(value -> value * value).sum());
        }
    };

    /** What a metric is divided by. */
    abstract double size(DoubleMatrix metric);
}
