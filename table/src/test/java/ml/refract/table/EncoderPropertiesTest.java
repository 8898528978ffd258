package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import ml.refract.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for any table: checked on random ones. */
class EncoderPropertiesTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");

    /** Rows of numbers with gaps, few and many levels, words for yes and no, dates and small integers. */
    private static List<Map<String, Object>> randomRows(SplittableRandom random, int rows) {
        List<Map<String, Object>> result = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            Map<String, Object> row = new HashMap<>();
            row.put("a", random.nextInt(5) == 0 ? null : random.nextGaussian() * 1e3);
            row.put("b", "level " + random.nextInt(4));
            row.put("c", random.nextInt(9) == 0 ? null : "item " + random.nextInt(40));
            row.put("d", random.nextBoolean());
            row.put("e", Instant.ofEpochSecond(random.nextInt()));
            row.put("f", random.nextInt(1000));
            result.add(row);
        }
        return result;
    }

    private static String csv(List<Map<String, Object>> rows, List<String> names) {
        StringBuilder text = new StringBuilder(String.join(",", names)).append('\n');
        for (Map<String, Object> row : rows) {
            List<String> cells = names.stream()
                    .map(name -> row.get(name) == null ? "" : row.get(name).toString())
                    .toList();
            text.append(String.join(",", cells)).append('\n');
        }
        return text.toString();
    }

    private static Encoder fit(Table table, int trainRows) {
        return Encoder.fit(
                table,
                IntStream.range(0, trainRows).toArray(),
                EncoderOptions.defaults().withMaxOneHotLevels(20));
    }

    private static void assertSameBits(Design actual, Design expected) {
        float[] a = ((Matrix) actual.dense()).values();
        float[] b = ((Matrix) expected.dense()).values();
        assertThat(a).hasSameSizeAs(b);
        for (int i = 0; i < a.length; i++) {
            assertThat(Float.floatToRawIntBits(a[i])).isEqualTo(Float.floatToRawIntBits(b[i]));
        }
        assertThat(actual.groups()).hasSameSizeAs(expected.groups());
        for (int k = 0; k < actual.groups().size(); k++) {
            assertThat(actual.groups().get(k).codes())
                    .isEqualTo(expected.groups().get(k).codes());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyWayIntoTheEncoderGivesTheSameBits(long seed) {
        List<Map<String, Object>> rows = randomRows(new SplittableRandom(seed), 200);
        Table table = Table.ofRows(rows, ColumnOptions.defaults());
        Encoder encoder = fit(table, 120);
        Encoder stored = Encoder.fromJson(
                JsonParser.parseString(encoder.toJson().toString()).getAsJsonObject());
        Design whole = encoder.encode(table, Precision.FLOAT32).design();

        // As a file, with the columns in another order, and in batches.
        List<String> reversed = new ArrayList<>(NAMES);
        Collections.reverse(reversed);
        assertThat(Samples.table(csv(rows, NAMES)).columns()).hasSameSizeAs(table.columns());
        EncodeReport report = EncodeReport.empty();
        int at = 0;
        try (RowReader reader =
                RowReader.open(Samples.source(csv(rows, reversed)), CsvOptions.defaults(), stored.schema(), 32)) {
            while (reader.hasNext()) {
                Table batch = reader.next();
                int[] here = IntStream.range(at, at + batch.rows()).toArray();
                Encoded encoded = stored.encode(batch, Precision.FLOAT32);
                assertSameBits(encoded.design(), whole.select(here));
                report = report.plus(encoded.report());
                at += batch.rows();
            }
        }
        assertThat(report).isEqualTo(encoder.encode(table, Precision.FLOAT32).report());

        // Row by row.
        for (int i = 0; i < rows.size(); i++) {
            Table one = Table.ofRows(List.of(rows.get(i)), stored.schema());
            assertSameBits(stored.encode(one, Precision.FLOAT32).design(), whole.select(new int[] {i}));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void trainingColumnsHaveMeanZeroAndDeviationOne(long seed) {
        Table table = Table.ofRows(randomRows(new SplittableRandom(seed), 300), ColumnOptions.defaults());
        Encoder encoder = fit(table, 200);
        Design design = encoder.encode(table, Precision.FLOAT64).design();
        for (CoordinateRange range : encoder.coordinates().ranges()) {
            if (range.kind() == CoordinateKind.VALUE) {
                double[] z = IntStream.range(0, 200)
                        .mapToDouble(i -> design.dense().get(i, range.start()))
                        .toArray();
                double mean = Arrays.stream(z).average().orElseThrow();
                assertThat(Math.abs(mean)).isLessThan(1e-13);
                assertThat(Arrays.stream(z).map(v -> v * v).average().orElseThrow())
                        .isBetween(1 - 1e-12, 1 + 1e-12);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void rowsThatAreNotForTrainingHaveNoInfluence(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Map<String, Object>> rows = randomRows(random, 200);
        int[] train = IntStream.range(0, 150).toArray();
        Encoder all = Encoder.fit(Table.ofRows(rows, ColumnOptions.defaults()), train, EncoderOptions.defaults());
        Encoder trainOnly = Encoder.fit(
                Table.ofRows(rows.subList(0, 150), ColumnOptions.defaults()), train, EncoderOptions.defaults());
        assertThat(all.toJson()).isEqualTo(trainOnly.toJson());
    }

    @Test
    void theMedianIsThatOfSorting() {
        SplittableRandom random = new SplittableRandom(5);
        for (int n = 1; n < 400; n++) {
            int range = 1 + random.nextInt(2 * n);
            double[] values = random.doubles(n).map(v -> Math.floor(v * range)).toArray();
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            double expected = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
            assertThat(Scaling.median(values)).isEqualTo(expected);
        }
    }

    @Test
    void theMedianOfHardOrdersIsFoundToo() {
        int n = 1 << 17;
        double[] organPipe =
                IntStream.range(0, n).mapToDouble(i -> Math.min(i, n - i)).toArray();
        double[] sorted = organPipe.clone();
        Arrays.sort(sorted);
        assertThat(Scaling.median(organPipe)).isEqualTo((sorted[n / 2 - 1] + sorted[n / 2]) / 2);
    }

    @Test
    void sumsStayExactForManyRows() {
        // A million times the same pair: mean and deviation are known.
        double[] values = IntStream.range(0, 2_000_000)
                .mapToDouble(i -> 1e8 + (i % 2) * 0.2 - 0.1)
                .toArray();
        Scaling scaling = Scaling.fit(values, 0);
        assertThat(scaling.mean()).isEqualTo(1e8);
        assertThat(Math.abs(scaling.sd() - 0.1)).isLessThan(1e-8);
    }

    @Test
    void manyLevelsCostLittleMemory() {
        int levels = 150_000;
        String text = Samples.column("c,n", 2 * levels, i -> "item" + i % levels + "," + i % 7);
        Table table = Samples.table(text);
        Encoder encoder = Encoder.fit(table, IntStream.range(0, 2 * levels).toArray(), EncoderOptions.defaults());
        Design design = encoder.encode(table, Precision.FLOAT32).design();
        assertThat(design.width()).isEqualTo(levels + 1);
        assertThat(design.dense().cols()).isEqualTo(1);
        assertThat(design.groups().get(0).levels()).isEqualTo(levels);
        assertThat(encoder.coordinates().label(levels)).isEqualTo("c=item99999");
        assertThat(encoder.coordinates().ranges()).hasSize(2);
        Table one = Table.ofRows(List.of(Map.of("c", "item77", "n", 1)), encoder.schema());
        int code =
                encoder.encode(one, Precision.FLOAT32).design().groups().get(0).codes()[0];
        assertThat(encoder.coordinates().label(1 + code)).isEqualTo("c=item77");
    }
}
