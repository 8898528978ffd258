package ml.refract.concept;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings of an extraction (specification of the concept probe, section 1.3). What is a list is searched, in the order that
 * is kept on ties. Immutable.
 *
 * @param method how directions are extracted
 * @param components most directions that are kept, p
 * @param unitRows whether centred rows are scaled to unit length
 * @param centredGradients whether the mean gradient is subtracted first; RFM only
 * @param bandwidths B of the kernel exp(-(r/B)^q), ascending; RFM only
 * @param exponent q of the kernel; RFM only
 * @param ridge added to the diagonal of the kernel matrix; RFM only
 * @param iterations T >= 1, most updates of the metric, each of which is a candidate; RFM only
 * @param scaleRule how the metric is scaled after an update; RFM only
 * @param form how the metric is held; the result does not depend on it
 * @param criterion what chooses among candidates on the validation rows
 * @param seed drives the pairs of {@link Method#PCA}
 */
public record ProbeOptions(
        Method method,
        int components,
        List<Boolean> unitRows,
        List<Boolean> centredGradients,
        List<Double> bandwidths,
        double exponent,
        double ridge,
        int iterations,
        ScaleRule scaleRule,
        Form form,
        Criterion criterion,
        long seed) {

    /** Scales of the learned metric M; without one the bandwidth in effect drifts. */
    public enum ScaleRule {
        /** The largest diagonal entry of M is 1. */
        MAX_DIAGONAL,
        /** The trace of M is 1. */
        TRACE,
        /** M is the average gradient outer product itself. */
        NONE
    }

    /** Forms of the computation. */
    public enum Form {
        /** Dual when the rows, times the columns of the targets, are no more than the columns; else primal. */
        AUTO,
        /** By inner products of rows: n x n. */
        DUAL,
        /** With the metric itself: d x d. */
        PRIMAL
    }

    /** Scores of a candidate on validation rows; larger is better. */
    public enum Criterion {
        /** Absolute correlation (Pearson) of the projections on the first direction with the targets: for steering. */
        CORRELATION,
        /** Area under the ROC curve of a least-squares read-out of all projections: for detection. */
        AUC
    }

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException naming every option out of range
     */
    public ProbeOptions {
        unitRows = List.copyOf(unitRows);
        centredGradients = List.copyOf(centredGradients);
        bandwidths = bandwidths.stream().sorted().toList();
        List<String> faults = new ArrayList<>();
        if (components < 1) {
            faults.add("components must be at least 1, got " + components);
        }
        if (unitRows.isEmpty()) {
            faults.add("unitRows must offer at least one choice");
        }
        if (centredGradients.isEmpty()) {
            faults.add("centredGradients must offer at least one choice");
        }
        if (bandwidths.isEmpty() || !bandwidths.stream().allMatch(b -> b >= 1e-6 && b <= 1e9)) {
            faults.add("bandwidths must be between 1e-6 and 1e9, at least one, got " + bandwidths);
        }
        if (!(exponent > 0 && exponent <= 2)) {
            faults.add("exponent must be above 0 and at most 2, got " + exponent);
        }
        if (!(ridge > 0 && ridge <= 1e9)) {
            faults.add("ridge must be above 0 and at most 1e9, got " + ridge);
        }
        if (iterations < 1 || iterations > 1_000) {
            faults.add("iterations must be between 1 and 1000, got " + iterations);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("Invalid options: " + String.join("; ", faults));
        }
    }

    /**
     * The search of the method's authors: bandwidths 1, 10 and 100, ridge 1e-3, up to 10 iterations, rows and gradients both
     * ways, chosen by correlation; three directions of the RFM.
     */
    public static ProbeOptions defaults() {
        return new ProbeOptions(
                Method.RFM,
                3,
                List.of(false, true),
                List.of(true, false),
                List.of(1.0, 10.0, 100.0),
                1,
                1e-3,
                10,
                ScaleRule.MAX_DIAGONAL,
                Form.AUTO,
                Criterion.CORRELATION,
                0);
    }

    /** Starts from these options. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes some options. */
    public static final class Builder {
        private Method method;
        private int components;
        private List<Boolean> unitRows;
        private List<Boolean> centredGradients;
        private List<Double> bandwidths;
        private double exponent;
        private double ridge;
        private int iterations;
        private ScaleRule scaleRule;
        private Form form;
        private Criterion criterion;
        private long seed;

        private Builder(ProbeOptions o) {
            method = o.method;
            components = o.components;
            unitRows = o.unitRows;
            centredGradients = o.centredGradients;
            bandwidths = o.bandwidths;
            exponent = o.exponent;
            ridge = o.ridge;
            iterations = o.iterations;
            scaleRule = o.scaleRule;
            form = o.form;
            criterion = o.criterion;
            seed = o.seed;
        }

        public Builder method(Method value) {
            method = value;
            return this;
        }

        public Builder components(int value) {
            components = value;
            return this;
        }

        public Builder unitRows(Boolean... values) {
            unitRows = List.of(values);
            return this;
        }

        public Builder centredGradients(Boolean... values) {
            centredGradients = List.of(values);
            return this;
        }

        public Builder bandwidths(Double... values) {
            bandwidths = List.of(values);
            return this;
        }

        public Builder exponent(double value) {
            exponent = value;
            return this;
        }

        public Builder ridge(double value) {
            ridge = value;
            return this;
        }

        public Builder iterations(int value) {
            iterations = value;
            return this;
        }

        public Builder scaleRule(ScaleRule value) {
            scaleRule = value;
            return this;
        }

        public Builder form(Form value) {
            form = value;
            return this;
        }

        public Builder criterion(Criterion value) {
            criterion = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Validates and builds. */
        public ProbeOptions build() {
            return new ProbeOptions(
                    method,
                    components,
                    unitRows,
                    centredGradients,
                    bandwidths,
                    exponent,
                    ridge,
                    iterations,
                    scaleRule,
                    form,
                    criterion,
                    seed);
        }
    }
}
