package ml.refract.engine;

/** The contract with the accuracy of float64. */
public abstract class DoubleEngineContractTest extends EngineContractTest<double[]> {
    protected DoubleEngineContractTest(Engine<double[]> engine) {
        super(engine);
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
    protected double angleError() {
        return 3e-15;
    }

    @Override
    protected double slopeError() {
        return 0;
    }
}
