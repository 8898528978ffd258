package ml.refract.solver;

import java.util.Optional;
import ml.refract.linalg.DoubleMatrix;

/**
 * Coefficients of a ridge system and how they were reached.
 *
 * @param coefficients alpha, n x c
 * @param residual largest relative residual ||(K + ridge I) a - y|| / ||y|| over the columns
 * @param steps refinement steps taken
 * @param shift what was added to the diagonal of the matrix that was factored; above the ridge when the first
 *     factorisation failed
 * @param event what a user should know about this solve, if anything
 */
public record RidgeSolution(
        DoubleMatrix coefficients, double residual, int steps, double shift, Optional<String> event) {
    private static final double MOST_RESIDUAL = 1e-3;

    /** Whether the coefficients solve the system; if not, it is close to singular in the precision of the engine. */
    public boolean isSolved() {
        return residual <= MOST_RESIDUAL;
    }

    /** The same with something that a user should know, unless there is something already. */
    public RidgeSolution withEvent(String other) {
        return new RidgeSolution(coefficients, residual, steps, shift, event.or(() -> Optional.of(other)));
    }
}
