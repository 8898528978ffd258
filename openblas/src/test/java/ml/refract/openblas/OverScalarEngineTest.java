package ml.refract.openblas;

import ml.refract.engine.DoubleEngineContractTest;
import ml.refract.engine.scalar.ScalarEngine;

class OverScalarEngineTest extends DoubleEngineContractTest {
    OverScalarEngineTest() {
        super(OpenBlasEngine.over(new ScalarEngine()));
    }
}
