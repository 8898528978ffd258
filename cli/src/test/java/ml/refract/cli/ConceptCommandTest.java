package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;
import ml.refract.model.TensorFile;
import ml.refract.table.array.Npy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Concept extraction as a user runs it: from files to files. */
class ConceptCommandTest {
    private static final int ROWS = 80;
    private static final int COLUMNS = 48;

    @TempDir
    private Path folder;

    private final double[] labels = new double[ROWS];
    private final double[] direction = new double[COLUMNS];
    private Path layer;
    private Path noise;
    private Path csv;

    /** A layer that holds the concept along a direction, and one that does not. */
    @BeforeEach
    void write() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        double[] rows = new double[ROWS * COLUMNS];
        double[] nothing = new double[ROWS * COLUMNS];
        Arrays.setAll(direction, j -> (j % 3 - 1) / Math.sqrt(32));
        for (int i = 0; i < ROWS; i++) {
            labels[i] = i % 2;
            for (int j = 0; j < COLUMNS; j++) {
                rows[i * COLUMNS + j] = random.nextDouble() - 0.5 + (labels[i] - 0.5) * 3 * direction[j];
                nothing[i * COLUMNS + j] = random.nextDouble();
            }
        }
        layer = folder.resolve("layer.npy");
        noise = folder.resolve("noise.npy");
        csv = folder.resolve("labels.csv");
        Npy.write(layer, List.of(ROWS, COLUMNS), rows);
        Npy.write(noise, List.of(ROWS, COLUMNS), nothing);
        Files.writeString(
                csv,
                Arrays.stream(labels)
                        .mapToObj(y -> (y == 1 ? "honest," : "lie,") + (int) y)
                        .collect(Collectors.joining("\n", "word,flag\n", "\n")));
    }

    private static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    private double cosine(double[] vector) {
        double sum = 0;
        for (int j = 0; j < COLUMNS; j++) {
            sum += vector[j] * direction[j];
        }
        return sum;
    }

    @Test
    void allMethodsOnTwoLayers() throws IOException {
        Path report = folder.resolve("report.json");
        Path found = folder.resolve("found.safetensors");
        Cli.Result result = Cli.run(
                "concept", noise, layer, csv, "--label-column", "flag", "--json", report, "--directions", found);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith(csv + ": the concept is present in 40 of 80 rows\n"
                        + "Directions from 52 rows, chosen on 12; scored on 16 others\n\n")
                .containsPattern("\n +layer +method +of the vector +AUC +accuracy +chosen\n")
                .containsPattern("noise.npy +rfm +0")
                .containsPattern("layer.npy +rfm +1.0000 +1.0000 .* bandwidth 1")
                .containsPattern("layer.npy +means +1.0000 +1.0000")
                .containsPattern("layer.npy +logistic .* C ")
                .containsPattern("all layers +rfm +- +\\d")
                .containsPattern("\nAfter .* s\n$");
        JsonArray methods = json(report).getAsJsonArray("methods");
        assertThat(methods).hasSize(6);
        for (int m = 0; m < 6; m++) {
            JsonObject method = methods.get(m).getAsJsonObject();
            String id = method.get("method").getAsString();
            JsonObject good = method.getAsJsonArray("layers").get(1).getAsJsonObject();
            assertThat(good.getAsJsonObject("detection").get("readout").getAsDouble())
                    .as(id)
                    .isGreaterThan(0.9);
            Rows directions = TensorFile.read(found, "layer1." + id + ".directions");
            assertThat(directions.rows()).isEqualTo(good.get("directions").getAsInt());
            double[] first = new double[COLUMNS];
            directions.copyRow(0, first, 0);
            assertThat(cosine(first)).as(id).isGreaterThan(0.7);
            assertThat(TensorFile.read(found, "layer0." + id + ".mean").cols()).isEqualTo(COLUMNS);
        }
        JsonObject rfm =
                methods.get(0).getAsJsonObject().getAsJsonArray("layers").get(0).getAsJsonObject();
        assertThat(rfm.getAsJsonArray("trials")).hasSize(120);
        assertThat(rfm.getAsJsonObject("chosen").get("bandwidth").getAsDouble()).isIn(1.0, 10.0, 100.0);
    }

    @Test
    void foldsScoreAllRowsAndDirectionsComeFromAll() throws IOException {
        Path found = folder.resolve("found.npy");
        Cli.Result result = Cli.run(
                "concept",
                layer,
                noise,
                csv,
                "--label-column",
                "word",
                "--positive",
                "honest",
                "--method",
                "rfm,means",
                "--folds",
                4,
                "--bandwidth",
                "10",
                "--iterations",
                2,
                "--unit-rows",
                "no",
                "--components",
                2,
                "--directions",
                found);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains(
                        "Directions from 64 rows, chosen on 16; scores are means over 4 folds, each extracted from the other "
                                + "rows")
                .containsPattern("layer.npy +rfm +1.0000 +1.0000 +\\S+ +bandwidth 10, iteration [12], ");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(found)).order(ByteOrder.LITTLE_ENDIAN);
        int start = bytes.capacity() - 8 * 2 * 2 * COLUMNS;
        assertThat(new String(bytes.array(), 10, start - 10)).contains("'shape': (2, 2, " + COLUMNS + ")");
        double[] first = new double[COLUMNS];
        for (int j = 0; j < COLUMNS; j++) {
            first[j] = bytes.getDouble(start + 8 * j);
        }
        assertThat(cosine(first)).isGreaterThan(0.8);
    }

    @Test
    void numbersAndTensors() throws IOException {
        Path tensors = folder.resolve("layers.safetensors");
        DoubleMatrix rows = DoubleMatrix.zeros(ROWS, 3);
        double[] amounts = new double[ROWS];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < 3; j++) {
                rows.set(i, j, random.nextDouble());
            }
            amounts[i] = 2 + 3 * rows.get(i, 1);
        }
        TensorFile.write(tensors, Map.of("h", rows), Map.of());
        Path amountsFile = folder.resolve("amounts.npy");
        Npy.write(amountsFile, List.of(ROWS), amounts);
        Path found = folder.resolve("v.npy");
        Cli.Result result = Cli.run(
                "concept", tensors, amountsFile, "--test", 0.25, "-o", found, "--tensor", "h", "--iterations", 3);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("amounts.npy: a number for each of 80 rows")
                .containsPattern("method +of the vector +correlation +chosen")
                .containsPattern("rfm +0\\.9")
                .containsPattern("ridge +(1\\.0|0\\.99)")
                .doesNotContain("means");
        assertThat(Cli.run("concept", tensors, amountsFile, "--test", 0, "-q", "--method", "ridge")
                        .out())
                .isEmpty();
    }

    @Test
    void theReportIsTheSameForAnyNumberOfThreads() {
        String one = Cli.run("concept", layer, csv, "--label-column", "flag", "--iterations", 2, "--threads", 1)
                .out();
        String two = Cli.run("concept", layer, csv, "--label-column", "flag", "--iterations", 2, "--threads", 2)
                .out();
        assertThat(one.replaceAll("After .*", ""))
                .isEqualTo(two.replaceAll("After .*", ""))
                .contains("rfm");
    }

    // What goes wrong

    private static void assertRefused(int code, String message, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "concept";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Cli.Result result = Cli.run(all);
        assertThat(result.err()).startsWith("refract: " + message);
        assertThat(result.out()).isEmpty();
        assertThat(result.code()).isEqualTo(code);
    }

    @Test
    void optionsThatMakeNoSense() {
        assertRefused(
                2, "positional parameter at index 0..* (ACTIVATIONS... LABELS) requires at least 2 values", layer);
        assertRefused(2, "Options contradict each other: --folds", layer, csv, "--folds", 3, "--test", 0.1);
        assertRefused(2, "--test must be a share of the rows from 0 to 0.5, got 0.7", layer, csv, "--test", 0.7);
        assertRefused(2, "--folds must be at least 2, got 1", layer, csv, "--folds", 1);
        assertRefused(2, "--directions must end in .npy or .safetensors, got v.bin", layer, csv, "-o", "v.bin");
        assertRefused(
                2,
                "Invalid options: --components must be at least 1, got 0; --bandwidth must be between 1e-6 and 1e9, at least "
                        + "one, got [0.0]; --ridge must be above 0 and at most 1e9, got -1.0; --iterations must be between 1 "
                        + "and 1000, got 0",
                layer,
                csv,
                "--components",
                0,
                "--bandwidth",
                0,
                "--ridge",
                -1,
                "--iterations",
                0);
        assertRefused(2, "Invalid value for option '--method'", layer, csv, "--method", "svm");
    }

    @Test
    void dataThatDoNotFit() throws IOException {
        assertRefused(3, csv + ": there are 2 columns, 'word', 'flag'", layer, csv);
        assertRefused(
                3,
                csv + ", data row 0: found the label 'lie', which is no number",
                layer,
                csv,
                "--label-column",
                "word");
        Path few = Files.writeString(folder.resolve("few.csv"), "y\n" + "0\n1\n".repeat(39));
        assertRefused(
                3,
                layer + ": found 80 rows, wanted 78, one for each label of " + few
                        + ". Remedy: save activations and labels of " + "the same rows, in the same order\n",
                layer,
                few);
        Path same = Files.writeString(folder.resolve("same.csv"), "y\n" + "1\n".repeat(ROWS));
        assertRefused(3, same + ": all labels are the same, so no direction tells rows apart", layer, same);
        Path short1 = Files.writeString(folder.resolve("short.csv"), "y\n" + "0\n1\n".repeat(5));
        assertRefused(3, short1 + ": there are 10 labels; some rows must be held out", layer, short1);
        Path rare = Files.writeString(folder.resolve("rare.csv"), "y\n1\n" + "0\n".repeat(ROWS - 1));
        assertRefused(
                3,
                rare + ": All 16 rows held out to choose a candidate have the same target",
                layer,
                rare,
                "--test",
                0);
        Path numbers = folder.resolve("numbers.npy");
        double[] values = new double[ROWS];
        Arrays.setAll(values, i -> i);
        Npy.write(numbers, List.of(ROWS), values);
        assertRefused(2, "--method means needs labels of two values", layer, numbers, "--method", "rfm,means");
        assertRefused(2, "--select auc needs labels of two values", layer, numbers, "--select", "auc");
        Path constant = folder.resolve("constant.npy");
        Npy.write(constant, List.of(ROWS, 3), new double[3 * ROWS]);
        assertRefused(
                3,
                "activations: " + constant + ": The method rfm finds no direction in these rows",
                constant,
                csv,
                "--label-column",
                "flag");
        assertRefused(3, "nowhere.npy: there is no such file", "nowhere.npy", csv, "--label-column", "flag");
        Path damaged = folder.resolve("damaged.npy");
        double[] broken = new double[2 * ROWS];
        broken[7] = Double.NaN;
        Npy.write(damaged, List.of(ROWS, 2), broken);
        assertRefused(3, damaged + ": row 3, column 1 is NaN", damaged, csv, "--label-column", "flag");
    }

    @Test
    void layersOfDifferentWidthsNeedSafetensors() throws IOException {
        Path narrow = folder.resolve("narrow.npy");
        double[] values = new double[2 * ROWS];
        SplittableRandom random = new SplittableRandom(3);
        Arrays.setAll(values, i -> random.nextDouble());
        Npy.write(narrow, List.of(ROWS, 2), values);
        Path found = folder.resolve("v.npy");
        assertRefused(
                3,
                "Directions of the layers differ in number or width, so one array cannot hold them: 1 x 48 and 1 x 2. Name a "
                        + ".safetensors file with --directions\n",
                layer,
                narrow,
                csv,
                "--label-column",
                "flag",
                "--method",
                "means",
                "-o",
                found);
        assertThat(found).doesNotExist();
    }
}
