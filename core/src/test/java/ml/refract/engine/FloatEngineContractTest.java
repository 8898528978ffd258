package ml.refract.engine;

import java.util.function.DoubleUnaryOperator;

/** The contract with the accuracy that {@link Engine} documents for float32. */
public abstract class FloatEngineContractTest extends EngineContractTest<float[]> {
    /** Widths above this take squared distances from inner products. */
    private static final int DIRECT_WIDTH = 16;

    /** Squared distances below this share of the squared norms are recomputed from differences. */
    private static final double NEAR = 1e-3;

    protected FloatEngineContractTest(Engine<float[]> engine) {
        super(engine);
    }

    /**
     * The documented 4e-6, and what the cancellation in |a|^2 + |b|^2 - 2 a.b does to the value: the chain of width
     * products errs by width u sum |a_s b_s| <= width u (|a|^2 + |b|^2) / 2 and counts twice, four more roundings follow.
     */
    @Override
    protected double valueTolerance(Pair pair) {
        return 4e-6 + spread(pair, pair.function()::value);
    }

    /**
     * Relative error of the sum (3e-6 for powers of the pair function's kind, u for each addition) and of the exponential,
     * which multiplies the relative error of its argument by the argument. Weights of values below 1e-37 are lost.
     */
    @Override
    protected double weightTolerance(Pair pair) {
        PairFunction function = pair.function();
        double weight = Math.abs(function.weight(pair.sum()));
        double relative = 3e-6 + pair.width() * UNIT;
        if (function.form() == PairFunction.Form.SUM_POWER) {
            double linear = Math.abs(PairFunction.sumPower(
                            function.exponent(), function.bandwidth(), function.mix(), 1, function.width())
                    .weight(pair.sum()));
            return 1e-6 * weight + function.power() * (function.power() - 1) * linear * relative;
        }
        double lost = 1e-37 * weight / Math.max(1e-300, function.value(pair.sum()));
        return relative * (1 + pair.argument()) * weight + spread(pair, function::weight) + lost;
    }

    private static double spread(Pair pair, DoubleUnaryOperator output) {
        if (!pair.function().euclidean() || pair.width() <= DIRECT_WIDTH || pair.sum() < 0.9 * NEAR * pair.norms()) {
            return 0;
        }
        double error = (pair.width() + 4) * UNIT * pair.norms();
        double low = Math.max(pair.sum() - error, 0.5 * NEAR * pair.norms());
        return Math.abs(output.applyAsDouble(low) - output.applyAsDouble(pair.sum() + error));
    }

    @Override
    protected double unit() {
        return UNIT;
    }

    @Override
    protected double angleError() {
        return 1e-7;
    }

    /** Of u, of |u|^(p - 1) and of the exponential of the sum-power form, whose argument is below 30 here. */
    @Override
    protected double slopeError() {
        return 3e-5;
    }
}
