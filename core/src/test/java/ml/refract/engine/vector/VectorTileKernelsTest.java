package ml.refract.engine.vector;

import ml.refract.linalg.TileKernelsContractTest;

class VectorTileKernelsTest extends TileKernelsContractTest<float[]> {
    VectorTileKernelsTest() {
        super(new VectorEngine(), 0x1p-24);
    }
}
