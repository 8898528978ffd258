package ml.refract.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;
import ml.refract.rfm.Readout;
import ml.refract.task.Regressor;
import ml.refract.task.TargetScale;
import ml.refract.xrfm.XrfmModel;

/**
 * Integrated gradients (Sundararajan, Taly and Yan, ICML 2017; specification of xRFM, section 21) of a model's raw outputs
 * from a baseline to a row: the contributions of all coordinates add up to the difference of the outputs, up to
 * quadrature error and, under hard routing, the jumps met on the way; both are in {@link #residual}.
 *
 * <p>Predictions of a regression are attributed in the targets' units: along the path gradients are multiplied by the slope of what
 * is read from the outputs (chain rule), so contributions add up to the difference of predictions whatever the transform of the
 * targets.
 *
 * <p>Dense coordinates move along the straight line from the mean training row. Coded groups cannot move by degrees: they
 * step from unknown to their level one after another, before the dense coordinates move, and each step is attributed to the
 * level stepped to.
 *
 * @param output raw outputs or predictions at the row, length c
 * @param baseline the same at the baseline, length c
 * @param contributions c x d
 */
public record Attribution(double[] output, double[] baseline, DoubleMatrix contributions) {
    private static final int FIRST_NODES = 32;
    private static final int MOST_NODES = 512;
    private static final double TOLERANCE = 1e-3;

    /** How an output is read. */
    private interface Reading {
        double value(int target, double output);

        double slope(int target, double output);

        /** Differences much smaller than this do not matter. */
        double unit(int target);
    }

    private static final class Raw implements Reading {
        @Override
        public double value(int target, double output) {
            return output;
        }

        @Override
        public double slope(int target, double output) {
            return 1;
        }

        @Override
        public double unit(int target) {
            return 1;
        }
    }

    private record InUnits(List<TargetScale> scales) implements Reading {
        @Override
        public double value(int target, double output) {
            return scales.get(target).read(output);
        }

        @Override
        public double slope(int target, double output) {
            return scales.get(target).slope(output);
        }

        @Override
        public double unit(int target) {
            return scales.get(target).deviation();
        }
    }

    /** Attributes the raw outputs at one row. Cost about (nodes + groups) predictions and gradients, 32 to 512 nodes. */
    public static Attribution of(XrfmModel model, Design row, Execution execution) {
        return of(model, new Raw(), row, execution);
    }

    /** Attributes the predictions at one row, in the targets' units. Cost as for raw outputs. */
    public static Attribution of(Regressor regressor, Design row, Execution execution) {
        return of(regressor.model(), new InUnits(regressor.targets()), row, execution);
    }

    private static Attribution of(XrfmModel model, Reading reading, Design row, Execution execution) {
        if (row.rows() != 1) {
            throw new IllegalArgumentException("Attribution is for one row at a time, got " + row.rows());
        }
        double[] mean = meanCenter(model);
        double[] here = new double[mean.length];
        if (here.length > 0) {
            row.dense().copyRow(0, here, 0);
        }
        Path path = new Path(model, reading, row, mean, here, execution);
        Attribution best = path.attribute(FIRST_NODES);
        for (int nodes = 2 * FIRST_NODES;
                nodes <= MOST_NODES && best.relativeResidual(reading) > TOLERANCE;
                nodes *= 2) {
            best = path.attribute(nodes);
        }
        return best;
    }

    /** What the contributions miss of the difference, for each output. */
    public double[] residual() {
        double[] result = new double[output.length];
        for (int l = 0; l < result.length; l++) {
            result[l] = output[l] - baseline[l];
            for (int s = 0; s < contributions.cols(); s++) {
                result[l] -= contributions.get(l, s);
            }
        }
        return result;
    }

    private double relativeResidual(Reading reading) {
        double[] residual = residual();
        double worst = 0;
        for (int l = 0; l < residual.length; l++) {
            double least = TOLERANCE * reading.unit(l);
            worst = Math.max(worst, Math.abs(residual[l]) / Math.max(Math.abs(output[l] - baseline[l]), least));
        }
        return worst;
    }

    /** Mean of the dense coordinates of all centers. */
    private static double[] meanCenter(XrfmModel model) {
        double[] sum = null;
        long count = 0;
        for (XrfmModel.Member tree : model.trees()) {
            for (var machine : tree.machines()) {
                Rows dense = machine.centers().dense();
                sum = sum == null ? new double[dense.cols()] : sum;
                double[] row = new double[dense.cols()];
                for (int i = 0; i < dense.rows() && row.length > 0; i++) {
                    dense.copyRow(i, row, 0);
                    for (int s = 0; s < row.length; s++) {
                        sum[s] += row[s];
                    }
                }
                count += dense.rows();
            }
        }
        double[] mean = Optional.ofNullable(sum).orElseThrow();
        for (int s = 0; s < mean.length; s++) {
            mean[s] /= count;
        }
        return mean;
    }

    private record Path(XrfmModel model, Reading reading, Design row, double[] from, double[] to, Execution execution) {

        Attribution attribute(int count) {
            int outputs = model.outputs();
            DoubleMatrix contributions = DoubleMatrix.zeros(outputs, row.width());
            double[] baseline = predict(at(0, 0));
            double[] reached = baseline;
            int offset = from.length;
            for (int b = 0; b < row.groups().size(); b++) {
                double[] next = predict(at(0, b + 1));
                int code = row.groups().get(b).codes()[0];
                for (int l = 0; code >= 0 && l < outputs; l++) {
                    contributions.set(l, offset + code, next[l] - reached[l]);
                }
                reached = next;
                offset += row.groups().get(b).levels();
            }
            addIntegral(contributions, new GaussLegendre(count));
            return new Attribution(predict(at(1, row.groups().size())), baseline, contributions);
        }

        /** Steps grow away from both ends, position = u^2 (3 - 2u), because the path may start or end on a kink. */
        private void addIntegral(DoubleMatrix contributions, GaussLegendre rule) {
            int count = rule.nodes.length;
            double[] positions = new double[count];
            for (int k = 0; k < count; k++) {
                double u = rule.nodes[k];
                positions[k] = u * u * (3 - 2 * u);
            }
            Design points = at(positions, row.groups().size());
            DoubleMatrix gradients = model.gradients(points, execution);
            DoubleMatrix outputs = model.predict(points, Readout.identity(), execution);
            for (int k = 0; k < count; k++) {
                double weight = rule.weights[k] * 6 * rule.nodes[k] * (1 - rule.nodes[k]);
                for (int l = 0; l < contributions.rows(); l++) {
                    double slope = weight * reading.slope(l, outputs.get(k, l));
                    for (int s = 0; s < from.length; s++) {
                        double part = slope * gradients.get(k * contributions.rows() + l, s) * (to[s] - from[s]);
                        contributions.set(l, s, contributions.get(l, s) + part);
                    }
                }
            }
        }

        private Design at(double position, int groups) {
            return at(new double[] {position}, groups);
        }

        /** Points at positions of the line, with the first groups at their levels and the others unknown. */
        private Design at(double[] positions, int groups) {
            DoubleMatrix points = DoubleMatrix.zeros(positions.length, from.length);
            for (int k = 0; k < positions.length; k++) {
                for (int s = 0; s < from.length; s++) {
                    points.set(k, s, positions[k] == 1 ? to[s] : from[s] + positions[k] * (to[s] - from[s]));
                }
            }
            List<Design.Group> codes = new ArrayList<>();
            for (int b = 0; b < row.groups().size(); b++) {
                Design.Group group = row.groups().get(b);
                int[] repeated = new int[positions.length];
                java.util.Arrays.fill(repeated, b < groups ? group.codes()[0] : -1);
                codes.add(new Design.Group(repeated, group.levels()));
            }
            return Design.of(points, codes);
        }

        private double[] predict(Design point) {
            double[] read = model.predict(point, Readout.identity(), execution).row(0);
            for (int l = 0; l < read.length; l++) {
                read[l] = reading.value(l, read[l]);
            }
            return read;
        }
    }
}
