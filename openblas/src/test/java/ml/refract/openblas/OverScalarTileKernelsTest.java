package ml.refract.openblas;

import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.linalg.TileKernelsContractTest;

class OverScalarTileKernelsTest extends TileKernelsContractTest<double[]> {
    OverScalarTileKernelsTest() {
        super(OpenBlasEngine.over(new ScalarEngine()), 0x1p-53);
    }
}
