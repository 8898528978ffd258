package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import org.junit.jupiter.api.Test;

/** Numbers as levels. */
class RepeatedNumbersTest {
    private static final EncoderOptions SEARCHED = EncoderOptions.defaults().withAlternatives(true);

    /** Rows of shops with numbers from 100 on, of which one has none, and of months; the target is a function of each, and noise. */
    private static Table shops(int rows, int shops, long seed, IntToDoubleFunction sales) {
        SplittableRandom random = new SplittableRandom(seed);
        return Samples.table(IntStream.range(0, rows)
                .mapToObj(i -> {
                    int shop = random.nextInt(shops);
                    int month = random.nextInt(50);
                    double y = sales.applyAsDouble(shop) + Math.sin(month / 8.0) + 0.1 * random.nextGaussian();
                    return (shop == 7 ? "" : 100 + shop) + "," + month + "," + y;
                })
                .collect(Collectors.joining("\n", "shop,month,y\n", "\n")));
    }

    private static boolean haveLevels(Encoder encoder) {
        return encoder.views().stream().anyMatch(Encoder.View::repeatedNumbers);
    }

    /** Neighbours have nothing in common. */
    private static double unordered(int shop) {
        return new SplittableRandom(shop).nextDouble(-3, 3);
    }

    @Test
    void numbersThatStandForSomethingAreLevelsToo() {
        Table table = shops(600, 50, 1, RepeatedNumbersTest::unordered);
        Encoder encoder = Encoders.searched(table);
        Design design = encoder.encode(table, Precision.FLOAT64).design();
        assertThat(design.groups()).hasSize(1);
        assertThat(design.groups().get(0).levels()).isEqualTo(49);
        int group = design.dense().cols();
        assertThat(encoder.coordinates().label(group)).isEqualTo("shop=100.0");
        assertThat(encoder.coordinates().range(group).column()).isEqualTo("shop");
        List<Integer> means = encoder.intervalMeans();
        List<Integer> both = new ArrayList<>(means);
        both.add(group);
        assertThat(encoder.views())
                .containsExactly(
                        new Encoder.View(false, false, false, both), new Encoder.View(false, false, true, means));
        NumericColumn shop = (NumericColumn) table.column("shop");
        for (int i = 0; i < table.rows(); i++) {
            double number = shop.value(i);
            int level = Double.isNaN(number) ? -1 : (int) number - (number > 107 ? 101 : 100);
            assertThat(design.groups().get(0).codes()[i]).isEqualTo(level);
        }
        Encoder stored = Encoders.stored(encoder);
        assertThat(stored.encode(table, Precision.FLOAT64)
                        .design()
                        .groups()
                        .get(0)
                        .codes())
                .isEqualTo(design.groups().get(0).codes());
        assertThat(stored.views()).isEqualTo(encoder.views());
        assertThat(stored.toJson()).isEqualTo(encoder.toJson());
    }

    @Test
    void numbersNeverSeenAndMissingCellsHaveNoLevel() {
        Encoder encoder = Encoders.searched(shops(600, 50, 2, RepeatedNumbersTest::unordered));
        Encoded found =
                encoder.encode(Encoders.read(encoder, "shop,month\n103,1\n103.5,1\n1e6,1\n,1\n"), Precision.FLOAT64);
        assertThat(found.design().groups().get(0).codes()).containsExactly(3, -1, -1, -1);
        assertThat(found.report().columns()).as("known as numbers").noneMatch(counts -> counts.unseen() > 0);
    }

    @Test
    void zeroHasOneLevel() {
        Table table = Samples.table(IntStream.range(0, 300)
                .mapToObj(i -> {
                    String number = i % 30 == 0 ? i % 60 == 0 ? "0.0" : "-0.0" : String.valueOf(i % 30);
                    return number + "," + unordered(i % 30);
                })
                .collect(Collectors.joining("\n", "x,y\n", "\n")));
        int[] codes = Encoders.searched(table)
                .encode(table, Precision.FLOAT64)
                .design()
                .groups()
                .get(0)
                .codes();
        assertThat(IntStream.range(0, 300).map(i -> codes[i] - i % 30)).containsOnly(0);
    }

    @Test
    void whereIntervalsOrTheNumberSayAsMuchThereAreNone() {
        assertThat(haveLevels(Encoders.searched(shops(600, 50, 3, shop -> shop < 30 ? 0 : 4))))
                .as("one jump")
                .isFalse();
        assertThat(haveLevels(Encoders.searched(shops(600, 50, 4, shop -> Math.cos(shop / 5.0)))))
                .as("smooth")
                .isFalse();
        assertThat(haveLevels(Encoders.searched(shops(600, 20, 5, RepeatedNumbersTest::unordered))))
                .as("fewer than intervals")
                .isFalse();
        assertThat(haveLevels(Encoders.searched(shops(600, 500, 6, RepeatedNumbersTest::unordered))))
                .as("hardly any repeats")
                .isFalse();
        Table table = shops(600, 50, 7, RepeatedNumbersTest::unordered);
        TargetColumn target = TargetColumn.of(table, "y");
        assertThat(haveLevels(Encoder.fit(table.without("y"), target, Encoders.rows(table), EncoderOptions.defaults())))
                .as("without alternatives")
                .isFalse();
        assertThat(haveLevels(Encoder.fit(table.without("y"), Encoders.rows(table), SEARCHED)))
                .as("without targets")
                .isFalse();
    }

    @Test
    void damagedNumbersAreRefused() {
        JsonObject json = Encoders.searched(shops(600, 50, 8, RepeatedNumbersTest::unordered))
                .toJson();
        JsonArray blocks = json.getAsJsonArray("blocks");
        JsonArray numbers = blocks.get(blocks.size() - 1).getAsJsonObject().getAsJsonArray("numbers");
        numbers.set(2, numbers.get(1));
        assertThatThrownBy(() -> Encoder.fromJson(json))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("numbers do not ascend at place 2");
    }
}
