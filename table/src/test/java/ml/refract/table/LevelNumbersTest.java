package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.DoubleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Categories as numbers: the order of levels, and mean targets. */
class LevelNumbersTest {
    private static final EncoderOptions DEFAULTS = EncoderOptions.defaults();
    private static final EncoderOptions SEARCHED = DEFAULTS.withAlternatives(true);
    private static final Map<String, List<String>> SIZES = Map.of("size", List.of("small", "medium", "large", "huge"));

    private static DoubleMatrix dense(Encoder encoder, Table table) {
        return (DoubleMatrix) encoder.encode(table, Precision.FLOAT64).design().dense();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-3;2;4.5;10",
                "<18;18-24;25-34;65+",
                "lt-80;80-89;90-100",
                "0 to 9;10 to 19;20 or more",
                "[0, 10);[10, 20);[20, 30)",
                "5;6;7 and over",
                "under 5;5..9;>9",
                "1-2;1-4;3-4"
            })
    void numbersAndStretchesHaveAnOrder(String levels) {
        List<String> written = List.of(levels.split(";"));
        List<String> shuffled = written.stream().sorted().toList();
        int[] places = LevelOrder.evident(shuffled).orElseThrow();
        List<String> ascending = IntStream.range(0, places.length)
                .boxed()
                .sorted((a, b) -> places[a] - places[b])
                .map(shuffled::get)
                .toList();
        assertThat(ascending).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"low;medium;high", "1;2;many", "10-19;10 to 19;20", "2020-01;2020-02;2020-03", "A1;A2;A3"})
    void otherLevelsHaveNone(String levels) {
        assertThat(LevelOrder.evident(List.of(levels.split(";")))).isEmpty();
    }

    private static final String SHIRTS = "size,n\nsmall,1\nlarge,2\nmedium,5\nsmall,3\n,7\nlarge,4\nlarge,0\n";

    @Test
    void givenOrdersBecomePlaces() {
        Table table = Samples.table(SHIRTS);
        Encoder encoder = Encoder.fit(table, Encoders.rows(table), DEFAULTS.withOrders(SIZES));
        assertThat(encoder.coordinates().labels())
                .containsExactly("n", "size=large", "size=medium", "size=small", "size=(missing)", "order of size");
        assertThat(encoder.coordinates().of("size"))
                .extracting(CoordinateRange::kind)
                .containsExactly(CoordinateKind.LEVEL, CoordinateKind.ORDER);
        double[] order = dense(encoder, table).col(5);
        // Small 0, medium 1, large 2; twice, once, three times; standardised.
        double mean = 7.0 / 6;
        double sd = Math.sqrt((2 * mean * mean + (1 - mean) * (1 - mean) + 3 * (2 - mean) * (2 - mean)) / 6);
        assertThat(order[0]).isCloseTo(-mean / sd, within(1e-15));
        assertThat(order[1]).isCloseTo((2 - mean) / sd, within(1e-15));
        assertThat(order[2]).isCloseTo((1 - mean) / sd, within(1e-15));
        assertThat(order[4]).as("missing").isZero();
        Table more = Encoders.read(Encoders.stored(encoder), "size,n\nhuge,1\nlarge,1\n,1\n");
        Encoded encoded = Encoders.stored(encoder).encode(more, Precision.FLOAT64);
        assertThat(encoded.design().dense().get(0, 5)).as("never seen").isZero();
        assertThat(encoded.design().dense().get(1, 5)).isEqualTo(order[1]);
        assertThat(encoded.report().columns())
                .as("counted once")
                .containsExactly(new EncodeReport.ColumnCounts("size", 1, true, 1, List.of("huge")));
    }

    @Test
    void modelsLookAtLevelsOrAtTheirNumbers() {
        String text = IntStream.range(0, 40)
                .mapToObj(i -> i % 4 * 5 + "-" + (i % 4 * 5 + 4) + "," + Math.exp(i * 7 % 40 / 4.0) + "," + i % 3)
                .collect(Collectors.joining("\n", "age,uneven,c\n", "\n"));
        Table table = Samples.table(text, ColumnOptions.defaults().withCategorical(List.of("c")));
        Encoder encoder = Encoder.fit(table, Encoders.rows(table), SEARCHED);
        assertThat(encoder.coordinates().labels())
                .containsExactly(
                        "uneven",
                        "rank of uneven",
                        "age=0-4",
                        "age=10-14",
                        "age=15-19",
                        "age=5-9",
                        "order of age",
                        "c=0",
                        "c=1",
                        "c=2",
                        "order of c");
        assertThat(encoder.views())
                .containsExactly(
                        new Encoder.View(false, false, false, List.of(1, 6, 10)),
                        new Encoder.View(true, true, false, List.of(0, 2, 3, 4, 5, 7, 8, 9)));
        assertThat(Encoders.stored(encoder).views()).isEqualTo(encoder.views());
        assertThat(Encoder.fit(table, Encoders.rows(table), DEFAULTS).views())
                .containsExactly(new Encoder.View(false, false, false, List.of()));
        Encoder coded = Encoder.fit(table, Encoders.rows(table), SEARCHED.withMaxOneHotLevels(3));
        assertThat(coded.coordinates().labels().subList(0, 3))
                .as("the numbers of codes are dense")
                .containsExactly("uneven", "rank of uneven", "order of age");
        assertThat(coded.views().get(1).ignored()).containsExactly(0, 7, 3, 4, 5);
    }

    @Test
    void ordersMustFitTheTable() {
        Table table = Samples.table(SHIRTS);
        assertThatThrownBy(() -> Encoder.fit(
                        table, Encoders.rows(table), DEFAULTS.withOrders(Map.of("size", List.of("small", "large")))))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv, column 'size': found the level \"medium\", which is not in the order given: "
                        + "small, large. Remedy: add it to the order where it belongs");
        assertThatThrownBy(() -> Encoder.fit(
                        table, Encoders.rows(table), DEFAULTS.withOrders(Map.of("sise", List.of("small", "large")))))
                .hasMessage("data.csv: there is no input column 'sise', named as ordered (did you mean 'size'?). "
                        + "Remedy: use one of the input columns: 'size', 'n'");
        assertThatThrownBy(() ->
                        Encoder.fit(table, Encoders.rows(table), DEFAULTS.withOrders(Map.of("n", List.of("1", "2")))))
                .hasMessage("data.csv, column 'n': the column is NUMERIC, wanted categories to put in order. "
                        + "Remedy: add --categorical n, or give no order");
        assertThatThrownBy(() -> DEFAULTS.withOrders(Map.of("n", List.of("1", "1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The order of column 'n' must name two levels or more, each once, got 1, 1");
    }

    /** A shop of 30, and a number; the target is 10 times the place of the shop modulo 5, and noise. */
    private static Table shops(int rows, long seed, boolean classes) {
        SplittableRandom random = new SplittableRandom(seed);
        return Samples.table(IntStream.range(0, rows)
                .mapToObj(i -> {
                    int shop = random.nextInt(30);
                    double y = 10 * (shop % 5) + random.nextGaussian();
                    return (shop == 7 ? "" : "shop " + shop) + "," + random.nextGaussian() + ","
                            + (classes ? (y < 10 ? "low" : y < 30 ? "mid" : "top") : y);
                })
                .collect(Collectors.joining("\n", "shop,n,y\n", "\n")));
    }

    @Test
    void manyLevelsHaveMeanTargets() {
        Table table = shops(600, 1, false);
        Encoder encoder = Encoders.searched(table);
        int width = encoder.coordinates().width();
        assertThat(encoder.coordinates().labels()).endsWith("mean y by shop").startsWith("n", "shop=shop 0");
        assertThat(encoder.views().get(1).levelNumbers()).isTrue();
        double[] y = TargetColumn.of(table, "y").values();
        double mean = Arrays.stream(y).average().orElseThrow();
        double sd = Math.sqrt(
                Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
        DoubleMatrix design = dense(Encoders.stored(encoder), table);
        CategoricalColumn shop = (CategoricalColumn) table.column("shop");
        for (int i = 0; i < 20; i++) {
            int code = shop.code(i);
            double[] same = IntStream.range(0, 600)
                    .filter(j -> shop.code(j) == code)
                    .mapToDouble(j -> (y[j] - mean) / sd)
                    .toArray();
            // Noise is a hundredth of the variance between shops: hardly anything is added to about 20 rows.
            assertThat(design.get(i, width - 1))
                    .isCloseTo(Arrays.stream(same).average().orElseThrow(), within(0.002));
        }
        Table unseen = Encoders.read(encoder, "shop,n\nshop 99,0\n");
        assertThat(dense(encoder, unseen).get(0, width - 1))
                .as("the mean of all")
                .isZero();
        assertThat(Encoder.fit(table.without("y"), Encoders.rows(table), SEARCHED)
                        .coordinates()
                        .labels())
                .as("without targets")
                .hasSize(width - 1);
    }

    @Test
    void classesHaveShares() {
        Encoder encoder = Encoders.searched(shops(600, 2, true));
        assertThat(encoder.coordinates().labels()).endsWith("share of mid by shop", "share of top by shop");
        assertThat(encoder.coordinates().of("shop"))
                .extracting(CoordinateRange::kind)
                .containsExactly(CoordinateKind.LEVEL, CoordinateKind.TARGET_MEAN);
    }

    @Test
    void targetsThatDoNotDifferBetweenLevelsHaveNoMeansOrHardlyAny() {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Table table = Samples.table(IntStream.range(0, 300)
                    .mapToObj(i ->
                            "shop " + random.nextInt(40) + "," + random.nextGaussian() + "," + random.nextGaussian())
                    .collect(Collectors.joining("\n", "shop,n,y\n", "\n")));
            Encoder encoder = Encoders.searched(table);
            int at = encoder.coordinates().labels().indexOf("mean y by shop");
            if (at >= 0) {
                double[] means = dense(encoder, table).col(at);
                double square = Arrays.stream(means).map(v -> v * v).average().orElseThrow();
                assertThat(square).isLessThan(0.1); // plain means of 7 rows or so: 0.13
            }
        }
    }

    /** Which targets a coordinate is made of: with a target that is 1 in one row only, those for which it is not 0. */
    @Test
    void aRowIsToldTargetsOfOtherRowsOnly() {
        int n = 50;
        int[] oneLevel = new int[n];
        int[] learned = IntStream.range(0, n).filter(i -> i % 10 != 3).toArray();
        boolean[][] told = new boolean[n][n];
        for (int j = 0; j < n; j++) {
            DoubleMatrix one = DoubleMatrix.zeros(n, 1);
            one.set(j, 0, 1);
            TargetMeans codes = TargetMeans.of(one, List.of(new TargetMeans.LevelColumn(oneLevel, 1, 2, 1)));
            DoubleMatrix encoded = DoubleMatrix.zeros(n, 3);
            codes.rewrite(learned, IntStream.range(0, n).toArray(), List.of(), encoded);
            for (int i = 0; i < n; i++) {
                double value = encoded.get(i, 1);
                told[i][j] = value != 0;
                boolean known = i % 10 != 3;
                long others = known ? 45 : 0;
                assertThat(value).isBetween(0.0, 1.0 / (2 + (known ? others - 15 : 45)));
                assertThat(encoded.get(i, 0) + encoded.get(i, 2)).isZero();
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (j % 10 == 3) {
                    assertThat(told[i][j]).as("held out").isFalse();
                } else if (i % 10 == 3) {
                    assertThat(told[i][j]).as("a new row is told all").isTrue();
                } else {
                    assertThat(told[i][j]).isEqualTo(told[j][i]);
                }
            }
            assertThat(told[i][i]).isFalse();
        }
        for (int i : learned) {
            int row = i;
            assertThat(IntStream.range(0, n).filter(j -> told[row][j]).count()).isBetween(33L, 38L);
        }
    }

    @Test
    void meansOfLearnedRowsAreSmoothed() {
        double[] y = {1, 3, -2, 5, -7, 0};
        int[] levels = {0, 0, 1, 1, 1, 2};
        DoubleMatrix encoded = DoubleMatrix.zeros(2, 1);
        TargetMeans.of(DoubleMatrix.column(y), List.of(new TargetMeans.LevelColumn(levels, 3, 1.5, 0)))
                .rewrite(new int[] {1, 2, 3, 5}, new int[] {0, 4}, List.of(), encoded);
        assertThat(encoded.get(0, 0)).isCloseTo(3 / 2.5, within(1e-15));
        assertThat(encoded.get(1, 0)).isCloseTo(3 / 3.5, within(1e-15));
    }

    @Test
    void damagedNumbersAreRefused() {
        Table table = Samples.table(SHIRTS);
        JsonObject json = Encoder.fit(table, Encoders.rows(table), DEFAULTS.withOrders(SIZES))
                .toJson();
        JsonArray blocks = json.getAsJsonArray("blocks");
        JsonArray values = blocks.get(2).getAsJsonObject().getAsJsonArray("values");
        values.remove(0);
        assertThatThrownBy(() -> Encoder.fromJson(json))
                .hasMessageContaining("there are 3 values for 3 levels and missing cells, 1 coordinates each");
        blocks.remove(1);
        assertThatThrownBy(() -> Encoder.fromJson(json)).isInstanceOf(DataException.class);
    }
}
