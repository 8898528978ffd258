package ml.refract.engine.scalar;

import ml.refract.linalg.TileKernelsContractTest;

class ScalarTileKernelsTest extends TileKernelsContractTest<double[]> {
    ScalarTileKernelsTest() {
        super(new ScalarEngine(), 0x1p-53);
    }
}
