package ml.refract.kernel;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.List;
import ml.refract.engine.Engine;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.Golden;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

/** Kernel matrices of the reference implementation, every family and transform. */
class KernelGoldenTest {
    private static final JsonObject FILE = Golden.read("kernels.json");

    @Test
    void theScalarEngineReproducesThem() {
        compare(TestEngines.SCALAR, 1e-12, Golden.design(FILE, "X"), Golden.design(FILE, "Z"));
    }

    /** Inputs rounded to float32 move values by up to 1e-7 times the slope of the kernel; the engine adds 4e-6 at most. */
    @Test
    void theVectorEngineComesClose() {
        Design x = Design.of(TestData.toFloats(Golden.matrix(FILE, "X")));
        Design z = Design.of(TestData.toFloats(Golden.matrix(FILE, "Z")));
        compare(TestEngines.VECTOR, 2e-6, x, z);
    }

    private static void compare(Engine<?> engine, double tolerance, Design x, Design z) {
        List<JsonObject> records = Golden.objects(FILE, "records");
        assertThat(records).hasSize(111);
        for (JsonObject record : records) {
            DoubleMatrix expected =
                    Golden.matrix(record, Golden.closedForm(record, "K")).transpose();
            DoubleMatrix actual = KernelMatrices.of(engine, Golden.kernel(record), Golden.metric(FILE, record), z, x);
            assertClose(actual, expected, tolerance, Golden.describe(record));
            assertThat(actual.get(2, 3)).as("Z[2] equals X[3]").isEqualTo(1);
        }
    }
}
