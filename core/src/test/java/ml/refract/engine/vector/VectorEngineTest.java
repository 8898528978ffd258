package ml.refract.engine.vector;

import ml.refract.engine.FloatEngineContractTest;

class VectorEngineTest extends FloatEngineContractTest {
    VectorEngineTest() {
        super(new VectorEngine());
    }
}
