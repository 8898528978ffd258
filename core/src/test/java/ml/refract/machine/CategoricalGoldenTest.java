package ml.refract.machine;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.kernel.Metric;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.testing.Golden;
import ml.refract.testing.KernelMatrices;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

/** Nine columns, two numeric and two one-hot groups: as plain columns and as coded groups, against the reference. */
class CategoricalGoldenTest {
    private static final JsonObject FILE = Golden.read("categorical.json");
    private static final int[] SIZES = {2, 3, 4};
    private static final Execution SCALAR = TestEngines.serial(TestEngines.SCALAR);

    /** The reference leaves 1e-16 between two equal rows under a dense transform; its 0.7th power is 2.6e-12. */
    @Test
    void plainColumnsGiveThePlainKernel() {
        for (JsonObject record : Golden.objects(FILE, "records")) {
            assertClose(
                    KernelMatrices.of(
                            TestEngines.SCALAR,
                            Golden.kernel(record),
                            plainMetric(record),
                            Golden.design(FILE, "Z"),
                            Golden.design(FILE, "X")),
                    Golden.matrix(record, "K_plain").transpose(),
                    4e-12,
                    Golden.describe(record));
        }
    }

    @Test
    void codedGroupsGiveTheKernelWithoutTermsAcrossGroups() {
        for (JsonObject record : Golden.objects(FILE, "records")) {
            Design x = coded(Golden.matrix(FILE, "X"));
            Design z = coded(Golden.matrix(FILE, "Z"));
            assertClose(
                    KernelMatrices.of(TestEngines.SCALAR, Golden.kernel(record), blockMetric(record), z, x),
                    Golden.matrix(record, "K_categorical").transpose(),
                    1e-12,
                    Golden.describe(record));
        }
    }

    @Test
    void anUnseenLevelIsAVectorOfZeros() {
        JsonObject unseen = FILE.getAsJsonObject("unseen_level");
        for (JsonObject record : Golden.objects(unseen, "records")) {
            Design x = coded(Golden.matrix(unseen, "X"));
            assertThat(x.groups().get(0).codes()[0]).isEqualTo(-1);
            Design z = coded(Golden.matrix(FILE, "Z"));
            assertClose(
                    KernelMatrices.of(TestEngines.SCALAR, Golden.kernel(record), Metric.identity(), z, x),
                    Golden.matrix(record, "K_plain").transpose(),
                    1e-12,
                    Golden.describe(record));
        }
    }

    @Test
    void gradientsAndMomentsAgree() {
        int compared = 0;
        for (JsonObject record : Golden.objects(FILE, "records")) {
            if (!record.has("grads")) {
                continue;
            }
            compared++;
            check(record, plainMetric(record), Golden.design(FILE, "X"), Golden.design(FILE, "Z"), "agop_plain");
            if (record.get("equal").getAsBoolean()) {
                check(
                        record,
                        blockMetric(record),
                        coded(Golden.matrix(FILE, "X")),
                        coded(Golden.matrix(FILE, "Z")),
                        "agop_categorical");
            }
        }
        assertThat(compared).isEqualTo(4);
    }

    private static void check(JsonObject record, Metric metric, Design x, Design z, String moment) {
        KernelMachine machine = new KernelMachine(
                Golden.kernel(record), metric, x, Golden.matrix(FILE, "coefs").transpose());
        DoubleMatrix gradients = machine.gradients(z, SCALAR);
        double[] expected = Golden.numbers(record, "grads"); // output, point, coordinate
        for (int j = 0; j < z.rows(); j++) {
            for (int l = 0; l < 2; l++) {
                int from = (l * z.rows() + j) * 9;
                assertClose(
                        gradients.row(2 * j + l),
                        Arrays.copyOfRange(expected, from, from + 9),
                        1e-12,
                        Golden.describe(record));
            }
        }
        assertClose(
                machine.moment(z, MomentOptions.FULL, SCALAR).times(z.rows()).toDense(),
                Golden.matrix(record, moment),
                1e-12,
                moment + " of " + Golden.describe(record));
    }

    /** The square of the stored transform on nine plain columns. */
    private static Metric plainMetric(JsonObject record) {
        return transform(record)
                .map(t -> Metric.of(BlockSymmetric.full(t.times(t))))
                .orElse(Metric.identity());
    }

    /** The squares of the transform's diagonal blocks; diagonal blocks stay diagonal. */
    private static Metric blockMetric(JsonObject record) {
        return transform(record)
                .map(t -> {
                    List<BlockSymmetric.Block> blocks = new ArrayList<>();
                    int at = 0;
                    for (int size : SIZES) {
                        DoubleMatrix root = DoubleMatrix.zeros(size, size);
                        for (int i = 0; i < size; i++) {
                            for (int j = 0; j < size; j++) {
                                root.set(i, j, t.get(at + i, at + j));
                            }
                        }
                        BlockSymmetric.Full full = new BlockSymmetric.Full(root.times(root));
                        boolean diagonal = record.get("transform").getAsString().equals("diag");
                        blocks.add(
                                diagonal
                                        ? new BlockSymmetric.Diagonal(
                                                BlockSymmetric.of(List.of(full)).diagonal())
                                        : full);
                        at += size;
                    }
                    return Metric.of(BlockSymmetric.of(blocks));
                })
                .orElse(Metric.identity());
    }

    private static Optional<DoubleMatrix> transform(JsonObject record) {
        String name = record.get("transform").getAsString();
        if (name.equals("none")) {
            return Optional.empty();
        }
        return Optional.of(
                name.equals("diag")
                        ? BlockSymmetric.diagonal(Golden.numbers(FILE, "transform_diag"))
                                .toDense()
                        : Golden.matrix(FILE, "transform_" + name));
    }

    /** Columns 2 to 4 and 5 to 8 as codes; a group of zeros is unknown. */
    private static Design coded(DoubleMatrix columns) {
        DoubleMatrix dense = DoubleMatrix.zeros(columns.rows(), SIZES[0]);
        int[][] codes = new int[2][columns.rows()];
        for (int i = 0; i < columns.rows(); i++) {
            dense.set(i, 0, columns.get(i, 0));
            dense.set(i, 1, columns.get(i, 1));
            int at = SIZES[0];
            for (int b = 0; b < 2; b++) {
                codes[b][i] = -1;
                for (int level = 0; level < SIZES[b + 1]; level++) {
                    codes[b][i] = columns.get(i, at + level) == 1 ? level : codes[b][i];
                }
                at += SIZES[b + 1];
            }
        }
        return Design.of(dense, List.of(new Design.Group(codes[0], SIZES[1]), new Design.Group(codes[1], SIZES[2])));
    }
}
