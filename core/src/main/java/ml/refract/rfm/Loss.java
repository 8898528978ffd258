package ml.refract.rfm;

import java.util.Optional;
import ml.refract.engine.Named;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.solver.LogisticSolver;
import ml.refract.solver.LogisticTargets;
import ml.refract.solver.RidgeSolution;
import ml.refract.solver.RidgeSystem;

/** What the coefficients of a machine make small, together with ridge times alpha' K alpha. */
public enum Loss implements Named {
    /** Half of what kernel ridge regression makes small: the squared distance of outputs from targets of any kind. */
    SQUARED("squared"),

    /** The log loss of class probabilities; targets are those of {@link LogisticTargets}, outputs are logits. */
    LOGISTIC("logistic");

    private final String id;

    Loss(String id) {
        this.id = id;
    }

    /** Name in options and reports. */
    @Override
    public String id() {
        return id;
    }

    /**
     * The loss of an id.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Loss of(String id) {
        return Named.of(Loss.class, "loss", id);
    }

    /** The mean over rows of the loss of outputs, m x c, against targets of the same shape. */
    public double mean(DoubleMatrix outputs, DoubleMatrix targets) {
        if (this == LOGISTIC) {
            return LogisticTargets.of(targets).meanLoss(outputs);
        }
        double sum = 0;
        for (int k = 0; k < outputs.values().length; k++) {
            double error = outputs.values()[k] - targets.values()[k];
            sum += error * error;
        }
        return sum / outputs.rows();
    }

    /** Bytes that a solution for n rows and c columns takes besides the system. */
    public long bytes(long n, long columns) {
        return this == LOGISTIC ? LogisticSolver.bytes(n, columns) : 0;
    }

    /** Coefficients for the kernel that a system holds. */
    <A> RidgeSolution solve(RidgeSystem<A> system, DoubleMatrix y, double ridge, Optional<DoubleMatrix> guess) {
        if (this == LOGISTIC) {
            return LogisticSolver.solve(system, y, ridge, guess, LogisticSolver.TOLERANCE);
        }
        return guess.isPresent() ? system.solveNear(y, ridge, guess.get()) : system.solve(y, ridge);
    }
}
