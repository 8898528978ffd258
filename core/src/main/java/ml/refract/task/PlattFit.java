package ml.refract.task;

import ml.refract.linalg.DoubleMatrix;

/**
 * The mean log loss of Platt's calibrator against targets (N1 + 1) / (N1 + 2) for class 1 and 1 / (N0 + 2) for class 0, which keep
 * it finite where the classes are parted (Platt 1999; Lin, Lin and Weng, A note on Platt's probabilistic outputs, 2007).
 */
record PlattFit(ScoredRows rows) implements Newton.Function {

    static Calibrator.Platt of(ScoredRows rows) {
        PlattFit fit = new PlattFit(rows);
        double prior = fit.meanTarget();
        double flat = Math.log(prior / (1 - prior));
        double[] best = Newton.minimise(fit, new double[] {0, flat});
        return best[0] > 0 ? new Calibrator.Platt(best[0], best[1]) : new Calibrator.Platt(0, flat);
    }

    private double target(int label) {
        double count = rows.weightOf(label);
        return label == 1 ? (count + 1) / (count + 2) : 1 / (count + 2);
    }

    private double meanTarget() {
        return (rows.weightOf(0) * target(0) + rows.weightOf(1) * target(1)) / rows.totalWeight();
    }

    /** At slope and offset. */
    @Override
    public Newton.Point at(double[] parameters) {
        double[] targets = {target(0), target(1)};
        double total = rows.totalWeight();
        double value = 0;
        double[] gradient = new double[2];
        double[] hessian = new double[4];
        for (int i = 0; i < rows.count(); i++) {
            double s = rows.scores().get(i, 1);
            double logit = parameters[0] * s + parameters[1];
            double p = Calibrator.Platt.sigmoid(logit);
            double target = targets[rows.labels()[i]];
            double weight = rows.weights()[i] / total;
            value += weight * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - target * logit);
            double error = weight * (p - target);
            double curvature = weight * p * (1 - p);
            gradient[0] += error * s;
            gradient[1] += error;
            hessian[0] += curvature * s * s;
            hessian[1] += curvature * s;
            hessian[3] += curvature;
        }
        hessian[2] = hessian[1];
        return new Newton.Point(value, gradient, DoubleMatrix.of(2, 2, hessian));
    }
}
