package ml.refract.openblas;

import ml.refract.engine.FloatEngineContractTest;
import ml.refract.engine.vector.VectorEngine;

class OverVectorEngineTest extends FloatEngineContractTest {
    OverVectorEngineTest() {
        super(OpenBlasEngine.over(new VectorEngine()));
    }
}
