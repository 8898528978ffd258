package ml.refract.engine.scalar;

import ml.refract.engine.EngineContractTest;

class ScalarEngineTest extends EngineContractTest<double[]> {
    ScalarEngineTest() {
        super(new ScalarEngine());
    }

    /** The engine adds in the order of the oracle; what is left is the order of a few multiplications. */
    @Override
    protected double valueTolerance(Pair pair) {
        return 1e-14;
    }

    @Override
    protected double weightTolerance(Pair pair) {
        return 1e-13 * Math.abs(pair.function().weight(pair.sum()));
    }

    @Override
    protected double unit() {
        return 0x1p-52;
    }

    @Override
    protected double slopeError() {
        return 0;
    }
}
