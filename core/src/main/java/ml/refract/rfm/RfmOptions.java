package ml.refract.rfm;

import java.util.ArrayList;
import java.util.List;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.solver.KernelStorage;

/**
 * Settings of a recursive feature machine. Immutable.
 *
 * @param kernel kernel at the start; an adaptive bandwidth multiplies the median distance by its bandwidth
 * @param adaptiveBandwidth whether each round sets the bandwidth to kernel.bandwidth times the median distance between
 *     training rows under the current metric
 * @param loss what coefficients make small
 * @param ridge added to the diagonal of the kernel matrix, not multiplied by n
 * @param ridgeRule how the ridge is found; the one given counts for {@link RidgeRule#GIVEN} alone
 * @param ridgeRows most rows that the ridge is chosen on, where it is chosen
 * @param iterations T >= 0 metric updates, so up to T + 1 solves; 0 is plain kernel ridge regression
 * @param learningRows rows that features are learned on; with {@link LearningRows#SAMPLE} four
 *     and more iterations are one on a sample and two on all rows, where there are enough rows
 * @param metric how much of the metric is learned
 * @param moment what the next metric is made of; FACT needs a kernel of Euclidean distance
 * @param earlyStopMultiplier stop once a score is worse than the best by this factor; infinite for never
 * @param metricTolerance stop once the metric changes by less than this, relative, in Frobenius norm; 0 for never
 * @param momentRows most rows the gradient moment is averaged over; FACT takes all rows
 * @param centredGradients whether the mean gradient is subtracted before the moment is formed; AGOP only
 * @param weightFloor share of the median distance below which a pair's gradient weight stops growing, when exponent < 1
 * @param storage what is kept in memory while a system is solved; changes coefficients by no more than the solver's tolerance
 * @param ignored dense coordinates that are not looked at, coded group b counted as one behind the last of them: the first metric, and
 *     so every learned one, is zero there
 * @param seed drives the choice of rows where a sample is taken
 */
public record RfmOptions(
        Kernel kernel,
        boolean adaptiveBandwidth,
        Loss loss,
        double ridge,
        RidgeRule ridgeRule,
        int ridgeRows,
        int iterations,
        LearningRows learningRows,
        MetricForm metric,
        MomentKind moment,
        double earlyStopMultiplier,
        double metricTolerance,
        int momentRows,
        boolean centredGradients,
        double weightFloor,
        KernelStorage storage,
        List<Integer> ignored,
        long seed) {

    /**
     * @throws IllegalArgumentException naming every option out of range
     */
    public RfmOptions {
        ignored = List.copyOf(ignored);
        List<String> faults = new ArrayList<>();
        if (!(ridge >= 0 && ridge <= 1e9)) {
            faults.add("ridge must be between 0 and 1e9, got " + ridge);
        }
        if (loss == Loss.LOGISTIC && ridgeRule == RidgeRule.GIVEN && ridge == 0) {
            faults.add("ridge must be above 0 for the loss logistic, got " + ridge);
        }
        if (ridgeRows < 2) {
            faults.add("ridgeRows must be at least 2, got " + ridgeRows);
        }
        if (iterations < 0 || iterations > 1_000) {
            faults.add("iterations must be between 0 and 1000, got " + iterations);
        }
        if (moment != MomentKind.AGOP && !kernel.euclidean()) {
            faults.add("moment " + moment.id() + " needs a kernel of Euclidean distance (l2), got "
                    + kernel.family().id() + " with norm " + kernel.norm());
        }
        if (moment != MomentKind.AGOP && centredGradients) {
            faults.add("centredGradients is for the moment agop, got " + moment.id());
        }
        if (!(earlyStopMultiplier >= 1)) {
            faults.add("earlyStopMultiplier must be at least 1, got " + earlyStopMultiplier);
        }
        if (!(metricTolerance >= 0 && metricTolerance < 1)) {
            faults.add("metricTolerance must be at least 0 and below 1, got " + metricTolerance);
        }
        if (momentRows < 1) {
            faults.add("momentRows must be at least 1, got " + momentRows);
        }
        if (!(weightFloor >= 0 && weightFloor < 1)) {
            faults.add("weightFloor must be at least 0 and below 1, got " + weightFloor);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /**
     * The settings of the reference implementation: Laplace kernel, L = 10, ridge 1e-3, five updates of a full metric, no
     * early stop.
     */
    public static RfmOptions reference() {
        return new RfmOptions(
                Kernel.laplace(10, 1),
                false,
                Loss.SQUARED,
                1e-3,
                RidgeRule.GIVEN,
                1_000,
                5,
                LearningRows.ALL,
                MetricForm.FULL,
                MomentKind.AGOP,
                Double.POSITIVE_INFINITY,
                0,
                20_000,
                false,
                0,
                KernelStorage.KEPT,
                List.of(),
                0);
    }

    /**
     * The reference settings with a ridge chosen by leaving rows out, and with the guards that only save work or protect from
     * near-duplicate rows and wide data.
     */
    public static RfmOptions defaults() {
        return new Builder(reference())
                .ridgeRule(RidgeRule.LEAVE_ONE_OUT)
                .metric(MetricForm.AUTO)
                .metricTolerance(1e-3)
                .weightFloor(1e-6)
                .build();
    }

    /** The metric before anything is learned. */
    Metric firstMetric(Design rows) {
        return Metric.without(ignored, rows);
    }

    /** Starts from these options. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes some options. */
    public static final class Builder {
        private Kernel kernel;
        private boolean adaptiveBandwidth;
        private Loss loss;
        private double ridge;
        private RidgeRule ridgeRule;
        private int ridgeRows;
        private int iterations;
        private LearningRows learningRows;
        private MetricForm metric;
        private MomentKind moment;
        private double earlyStopMultiplier;
        private double metricTolerance;
        private int momentRows;
        private boolean centredGradients;
        private double weightFloor;
        private KernelStorage storage;
        private List<Integer> ignored;
        private long seed;

        private Builder(RfmOptions o) {
            kernel = o.kernel;
            adaptiveBandwidth = o.adaptiveBandwidth;
            loss = o.loss;
            ridge = o.ridge;
            ridgeRule = o.ridgeRule;
            ridgeRows = o.ridgeRows;
            iterations = o.iterations;
            learningRows = o.learningRows;
            metric = o.metric;
            moment = o.moment;
            earlyStopMultiplier = o.earlyStopMultiplier;
            metricTolerance = o.metricTolerance;
            momentRows = o.momentRows;
            centredGradients = o.centredGradients;
            weightFloor = o.weightFloor;
            storage = o.storage;
            ignored = o.ignored;
            seed = o.seed;
        }

        public Builder kernel(Kernel value) {
            kernel = value;
            return this;
        }

        public Builder adaptiveBandwidth(boolean value) {
            adaptiveBandwidth = value;
            return this;
        }

        /** What coefficients make small. */
        public Builder loss(Loss value) {
            loss = value;
            return this;
        }

        public Builder ridge(double value) {
            ridge = value;
            return this;
        }

        /** How the ridge is found. */
        public Builder ridgeRule(RidgeRule value) {
            ridgeRule = value;
            return this;
        }

        /** Most rows that the ridge is chosen on. */
        public Builder ridgeRows(int value) {
            ridgeRows = value;
            return this;
        }

        public Builder iterations(int value) {
            iterations = value;
            return this;
        }

        /** Rows that features are learned on. */
        public Builder learningRows(LearningRows value) {
            learningRows = value;
            return this;
        }

        public Builder metric(MetricForm value) {
            metric = value;
            return this;
        }

        /** What the next metric is made of. */
        public Builder moment(MomentKind value) {
            moment = value;
            return this;
        }

        public Builder earlyStopMultiplier(double value) {
            earlyStopMultiplier = value;
            return this;
        }

        public Builder metricTolerance(double value) {
            metricTolerance = value;
            return this;
        }

        public Builder momentRows(int value) {
            momentRows = value;
            return this;
        }

        public Builder centredGradients(boolean value) {
            centredGradients = value;
            return this;
        }

        public Builder weightFloor(double value) {
            weightFloor = value;
            return this;
        }

        public Builder storage(KernelStorage value) {
            storage = value;
            return this;
        }

        /** Dense coordinates that are not looked at; coded group b counts as one behind the last of them. */
        public Builder ignored(List<Integer> value) {
            ignored = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Validates and builds. */
        public RfmOptions build() {
            return new RfmOptions(
                    kernel,
                    adaptiveBandwidth,
                    loss,
                    ridge,
                    ridgeRule,
                    ridgeRows,
                    iterations,
                    learningRows,
                    metric,
                    moment,
                    earlyStopMultiplier,
                    metricTolerance,
                    momentRows,
                    centredGradients,
                    weightFloor,
                    storage,
                    ignored,
                    seed);
        }
    }
}
