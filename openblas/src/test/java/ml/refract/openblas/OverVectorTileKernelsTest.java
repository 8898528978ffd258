package ml.refract.openblas;

import ml.refract.engine.vector.VectorEngine;
import ml.refract.linalg.TileKernelsContractTest;

class OverVectorTileKernelsTest extends TileKernelsContractTest<float[]> {
    OverVectorTileKernelsTest() {
        super(OpenBlasEngine.over(new VectorEngine()), 0x1p-24);
    }
}
