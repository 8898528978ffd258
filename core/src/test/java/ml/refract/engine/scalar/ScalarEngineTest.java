package ml.refract.engine.scalar;

import ml.refract.engine.DoubleEngineContractTest;

class ScalarEngineTest extends DoubleEngineContractTest {
    ScalarEngineTest() {
        super(new ScalarEngine());
    }
}
