package ml.refract.tune;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.Points;
import ml.refract.engine.Projection;
import ml.refract.engine.Seeds;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.MedianDistance;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.rfm.MetricForm;
import ml.refract.rfm.RfmOptions;

/**
 * The settings a search tries (specification of xRFM, section 15.2): first the ones given, then points of an additive recurrence
 * (Roberts 2018) that spreads over family, bandwidth, exponent, norm and form of the metric more evenly than random draws.
 * Bandwidths are relative to the median distance under the kernel's norm, which makes them comparable across families and
 * widths; the ridge is not drawn, because leave-one-out finds it.
 */
final class SearchSpace {
    private static final double LEAST_BANDWIDTH = 0.2;
    private static final double MOST_BANDWIDTH = 20;
    private static final double LEAST_EXPONENT = 0.4;
    private static final double MOST_EXPONENT = 1.4;
    private static final double LAPLACE_SHARE = 0.35;
    private static final double SUM_POWER_SHARE = 0.1;
    /** Share of the l_p kernels that are the product kernel, p = q. */
    private static final double PRODUCT_SHARE = 0.35;

    private static final double MOST_INTERPOLATION = 0.8;
    private static final double DIAGONAL_SHARE = 0.3;
    private static final int MEDIAN_ROWS = 300;
    /** Of wide rows fewer are taken, as long as they hold so many numbers: their distances differ less. */
    private static final int MEDIAN_NUMBERS = 60_000;

    private static final int LEAST_MEDIAN_ROWS = 60;
    private static final int DIMENSIONS = 5;
    /** The positive root of x^6 = x + 1, whose powers give the steps of the recurrence in five dimensions. */
    private static final double RATIO = 1.1347241384015194;

    private final Design sample;
    private final RfmOptions base;
    private final Execution execution;
    private final Views views;
    /** Median distances of those families whose norm is always the same, view by view. */
    private final List<Map<Kernel.Family, Double>> medians = new ArrayList<>();

    /**
     * @param x rows that are learned from
     * @param base the settings given: tried first, once in each view, and kept in all that is not searched over
     */
    SearchSpace(Design x, Views views, RfmOptions base, Execution execution) {
        this.sample =
                x.select(Seeds.sample(x.rows(), medianRows(x.width()), Seeds.stream(base.seed(), "search median", 0)));
        this.views = views;
        this.base = base;
        this.execution = execution;
        for (int v = 0; v < views.count(); v++) {
            medians.add(new EnumMap<>(Kernel.Family.class));
        }
    }

    /** The first settings of the sequence. */
    List<RfmOptions> first(int count) {
        List<RfmOptions> all = new ArrayList<>();
        for (int v = 0; v < Math.min(views.count(), count); v++) {
            all.add(inView(base, v));
        }
        SplittableRandom random = Seeds.stream(base.seed(), "search", 0);
        double[] point = new double[DIMENSIONS];
        for (int k = 0; k < DIMENSIONS; k++) {
            point[k] = random.nextDouble();
        }
        while (all.size() < count) {
            for (int k = 0; k < DIMENSIONS; k++) {
                point[k] = (point[k] + Math.pow(RATIO, -k - 1.0)) % 1;
            }
            all.add(at(point, all.size() % views.count()));
        }
        return all;
    }

    private static int medianRows(int width) {
        return Math.max(LEAST_MEDIAN_ROWS, Math.min(MEDIAN_ROWS, MEDIAN_NUMBERS / Math.max(1, width)));
    }

    private RfmOptions inView(RfmOptions options, int view) {
        return options.toBuilder().ignored(views.ignored().get(view)).build();
    }

    private RfmOptions at(double[] point, int view) {
        double relative = LEAST_BANDWIDTH * Math.pow(MOST_BANDWIDTH / LEAST_BANDWIDTH, point[1]);
        double exponent = LEAST_EXPONENT + (MOST_EXPONENT - LEAST_EXPONENT) * point[2];
        Kernel unit;
        if (point[0] < LAPLACE_SHARE) {
            unit = Kernel.laplace(1, exponent);
        } else if (point[0] < LAPLACE_SHARE + SUM_POWER_SHARE) {
            // A mean over coordinates would count those that a view ignores.
            unit = views.ignored().get(view).isEmpty()
                    ? Kernel.sumPower(1, exponent, 0, 2)
                    : Kernel.laplace(1, exponent);
        } else if (point[3] < PRODUCT_SHARE) {
            unit = Kernel.product(1, exponent);
        } else {
            double interpolation = MOST_INTERPOLATION * (point[3] - PRODUCT_SHARE) / (1 - PRODUCT_SHARE);
            unit = Kernel.lpq(1, exponent + (2 - exponent) * interpolation, exponent);
        }
        MetricForm form = point[4] < DIAGONAL_SHARE ? MetricForm.DIAGONAL : base.metric();
        return inView(base, view).toBuilder()
                .kernel(unit.withBandwidth(relative * medianDistance(unit, view)))
                .metric(form)
                .build();
    }

    /** The median distance under the norm of a kernel; that of a sum of powers is the mean difference of a coordinate. */
    private double medianDistance(Kernel kernel, int view) {
        return kernel.family() == Kernel.Family.LAPLACE || kernel.family() == Kernel.Family.SUM_POWER
                ? medians.get(view).computeIfAbsent(kernel.family(), family -> measured(kernel, view))
                : measured(kernel, view);
    }

    private double measured(Kernel kernel, int view) {
        return measured(execution.engine(), kernel, view);
    }

    private <A> double measured(Engine<A> engine, Kernel kernel, int view) {
        Projection projection = Metric.without(views.ignored().get(view), sample)
                .projection(kernel, sample, engine, execution.workers(), share -> execution.requireNotCancelled());
        Points<A> points = Points.pack(engine, sample, projection, execution.workers());
        return MedianDistance.of(engine, points, kernel.pairFunction(sample.width()));
    }
}
