package ml.refract.machine;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import ml.refract.engine.Execution;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.Golden;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients and their moments as the reference implementation, or the closed formula where that one errs, has them. */
class GradientGoldenTest {
    private static final double TOLERANCE = 1e-10;
    private static final Execution SCALAR = TestEngines.serial(TestEngines.SCALAR);

    @ParameterizedTest
    @CsvSource({"gradients.json, 42", "gradients_l1_lpq_sum.json, 69", "gradients_ties.json, 28"})
    void gradientsAreThoseOfTheReference(String name, int records) {
        JsonObject file = Golden.read(name);
        assertThat(Golden.objects(file, "records")).hasSize(records);
        for (JsonObject record : Golden.objects(file, "records")) {
            DoubleMatrix gradients = machine(file, record).gradients(Golden.design(file, "Z"), SCALAR);
            assertClose(
                    outputsFirst(gradients, 2),
                    Golden.numbers(record, Golden.closedForm(record, "grads")),
                    TOLERANCE,
                    Golden.describe(record));
        }
    }

    @ParameterizedTest
    @CsvSource({"gradients.json", "gradients_l1_lpq_sum.json"})
    void momentsAreThoseOfTheReferenceDividedByThePoints(String name) {
        JsonObject file = Golden.read(name);
        for (JsonObject record : Golden.objects(file, "records")) {
            compareMoment(file, record, "agop_full", new MomentOptions(false, false, 0));
            compareMoment(file, record, "agop_diag", new MomentOptions(true, false, 0));
            compareMoment(file, record, "agop_full_centred", new MomentOptions(false, true, 0));
            compareMoment(file, record, "agop_diag_centred", new MomentOptions(true, true, 0));
        }
    }

    private static void compareMoment(JsonObject file, JsonObject record, String key, MomentOptions options) {
        Design z = Golden.design(file, "Z");
        BlockSymmetric sum = machine(file, record).moment(z, options, SCALAR).times(z.rows());
        assertThat(sum.isDiagonal()).isEqualTo(options.diagonal());
        assertClose(
                options.diagonal() ? sum.diagonal() : sum.toDense().values(),
                Golden.numbers(record, Golden.closedForm(record, key)),
                TOLERANCE,
                key + " of " + Golden.describe(record));
    }

    private static KernelMachine machine(JsonObject file, JsonObject record) {
        return new KernelMachine(
                Golden.kernel(record),
                Golden.metric(file, record),
                Golden.design(file, "X"),
                Golden.matrix(file, "coefs").transpose());
    }

    /** From row j c + l to output l, point j. */
    private static double[] outputsFirst(DoubleMatrix gradients, int outputs) {
        int points = gradients.rows() / outputs;
        int[] order = new int[gradients.rows()];
        for (int l = 0; l < outputs; l++) {
            for (int j = 0; j < points; j++) {
                order[l * points + j] = j * outputs + l;
            }
        }
        return gradients.select(order).values();
    }
}
