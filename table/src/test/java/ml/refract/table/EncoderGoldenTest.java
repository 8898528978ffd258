package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The encoder against design matrices of the Python protocol, to 1e-12. */
class EncoderGoldenTest {
    private static final double TOLERANCE = 1e-12;

    @ParameterizedTest
    @CsvSource({"airfoil,sound_db_centred", "penguins,species", "power_plant,pe", "sonar,Class"})
    void reproducesTheReference(String name, String target) throws IOException {
        JsonObject golden = record(name);
        Table table = Table.read(
                Samples.golden(name + ".csv"),
                CsvOptions.defaults(),
                ColumnOptions.defaults().withTarget(target));
        Split split = Split.read(Samples.golden(name + ".split.csv"), table.rows());
        assertThat(split.train()).hasSize(golden.get("n_train").getAsInt());
        assertThat(split.validation()).hasSize(golden.get("n_val").getAsInt());
        assertThat(split.test()).hasSize(golden.get("n_test").getAsInt());

        Table inputs = table.without(target);
        Encoder encoder = Encoder.fit(inputs, split.train(), EncoderOptions.defaults());
        assertThat(encoder.coordinates().labels()).isEqualTo(labels(golden));
        assertStatistics(encoder, golden.getAsJsonArray("numeric_statistics"));

        int[] first = ints(golden.getAsJsonArray("first_3_train_row_ids"));
        assertThat(split.train()).startsWith(first);
        Design design = encoder.encode(inputs.select(first), Precision.FLOAT64).design();
        assertThat(design.width()).isEqualTo(golden.get("d").getAsInt());
        JsonArray rows = golden.getAsJsonArray("first_3_train_rows_design");
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < design.width(); j++) {
                double expected = rows.get(i).getAsJsonArray().get(j).getAsDouble();
                assertThat(design.dense().get(i, j))
                        .isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
            }
        }
    }

    private static JsonObject record(String name) throws IOException {
        JsonObject all = JsonParser.parseString(Files.readString(Samples.golden("end_to_end.json")))
                .getAsJsonObject();
        for (JsonElement element : all.getAsJsonArray("records")) {
            if (element.getAsJsonObject().get("dataset").getAsString().equals(name)) {
                return element.getAsJsonObject();
            }
        }
        throw new IllegalArgumentException(name);
    }

    /** The reference writes indicators as name#missing. */
    private static List<String> labels(JsonObject golden) {
        List<String> labels = new ArrayList<>();
        golden.getAsJsonArray("design_columns")
                .forEach(label -> labels.add(label.getAsString().replace("#", " ")));
        return labels;
    }

    private static void assertStatistics(Encoder encoder, JsonArray expected) {
        JsonArray blocks = encoder.toJson().getAsJsonArray("blocks");
        for (int k = 0; k < expected.size(); k++) {
            JsonObject wanted = expected.get(k).getAsJsonObject();
            JsonObject block = blocks.get(k).getAsJsonObject();
            assertThat(block.get("column")).isEqualTo(wanted.get("column"));
            for (String statistic : List.of("median", "mean", "sd")) {
                double value = wanted.get(statistic).getAsDouble();
                assertThat(block.getAsJsonObject("scaling").get(statistic).getAsDouble())
                        .as(statistic)
                        .isCloseTo(value, within(TOLERANCE * Math.max(1, Math.abs(value))));
            }
        }
    }

    private static int[] ints(JsonArray array) {
        int[] result = new int[array.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = array.get(i).getAsInt();
        }
        return result;
    }
}
