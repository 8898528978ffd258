package ml.refract.rfm;

import java.util.Locale;
import java.util.Optional;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.solver.RidgeSolution;
import ml.refract.solver.RidgeSystem;

/**
 * The coefficients of a round.
 *
 * @param ridge that they are for
 */
record Solved(ChosenRidge ridge, RidgeSolution solution) {
    /**
     * Solves the system, with a larger ridge where the one that leave-one-out chose on a sample of the rows is too small for all rows in
     * the precision of the engine: coefficients that do not solve the system are those of no ridge. A ridge that is given stays.
     *
     * @param guess coefficients of the round before
     */
    static <A> Solved of(
            RidgeSystem<A> system,
            DoubleMatrix y,
            ChosenRidge ridge,
            Optional<DoubleMatrix> guess,
            RfmOptions options) {
        RidgeSolution solution = options.loss().solve(system, y, ridge.ridge(), guess);
        double factored = solution.shift();
        boolean chosen = options.ridgeRule() == RidgeRule.LEAVE_ONE_OUT && options.loss() == Loss.SQUARED;
        if (!chosen || solution.isSolved() || factored == ridge.ridge()) {
            return new Solved(ridge, solution);
        }
        RidgeSolution larger = options.loss().solve(system, y, factored, Optional.empty());
        return new Solved(
                ChosenRidge.of(factored),
                larger.withEvent(String.format(
                        Locale.ROOT,
                        "the ridge %.1e is too small for these rows, whose kernel matrix is close to singular; took %.1e",
                        ridge.ridge(),
                        factored)));
    }
}
