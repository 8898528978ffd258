package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import org.junit.jupiter.api.Test;

/** Missing cells have an indicator only where it tells something about the target. */
class MissingIndicatorTest {
    /** One row: a number that may be missing, and what chance has for the target. */
    private record Drawn(double x, boolean missing, double noise) {}

    private static Table table(long seed, int rows, double share, ToDoubleFunction<Drawn> target) {
        SplittableRandom random = new SplittableRandom(seed);
        return Samples.table(IntStream.range(0, rows)
                .mapToObj(i -> {
                    Drawn drawn = new Drawn(random.nextGaussian(), random.nextDouble() < share, random.nextGaussian());
                    return (drawn.missing() ? "" : drawn.x()) + "," + random.nextGaussian() + ","
                            + target.applyAsDouble(drawn);
                })
                .collect(Collectors.joining("\n", "x,z,y\n", "\n")));
    }

    private static Encoder fit(Table table) {
        return fit(table, table.rows());
    }

    private static Encoder fit(Table table, int trainRows) {
        return Encoder.fit(
                table.without("y"),
                TargetColumn.of(table, "y"),
                IntStream.range(0, trainRows).toArray(),
                EncoderOptions.defaults());
    }

    private static boolean indicated(Encoder encoder) {
        return encoder.coordinates().labels().contains("x missing");
    }

    @Test
    void cellsMissingAtRandomInNoiseSeldomHaveOne() {
        long numbers = IntStream.range(0, 50)
                .filter(seed -> indicated(fit(table(seed, 200, 0.2, Drawn::noise))))
                .count();
        long classes = IntStream.range(0, 50)
                .filter(seed -> indicated(fit(table(seed, 200, 0.2, row -> row.noise() > 0 ? 1 : 0))))
                .count();
        // Two tests that are wrong in one of ten cases each: at most 10 expected, with a standard deviation of 3.
        assertThat(numbers).isLessThan(19);
        assertThat(classes).isLessThan(19);
    }

    @Test
    void rowsThatDifferHaveOne() {
        assertThat(indicated(fit(table(1, 200, 0.2, row -> row.noise() + (row.missing() ? 1.5 : 0)))))
                .isTrue();
        assertThat(indicated(fit(table(2, 200, 0.2, row -> row.noise() + (row.missing() ? 1.5 : 0) > 0 ? 1 : 0))))
                .isTrue();
        assertThat(indicated(fit(table(3, 300, 0.2, row -> row.missing() ? 2 : row.noise() > 0 ? 1 : 0))))
                .isTrue();
    }

    @Test
    void rowsUnlikeThoseNearTheMedianHaveOne() {
        // Missing at random: the target of these rows is that of all others, on average 1; at the median it is 0.
        Encoder encoder = fit(table(4, 300, 0.2, row -> row.x() * row.x()));
        assertThat(indicated(encoder)).isTrue();
    }

    @Test
    void aFewMissingCellsHaveNone() {
        String cells = IntStream.range(0, 40)
                .mapToObj(i -> (i < 4 ? "" : String.valueOf(i * i % 17)) + "," + i + "," + (i < 4 ? 100.5 : i * 7 % 11))
                .collect(Collectors.joining("\n", "x,z,y\n", "\n"));
        assertThat(indicated(fit(Samples.table(cells)))).isFalse();
        assertThat(indicated(fit(Samples.table(cells.replace("\n16,4,", "\n,4,")))))
                .as("one more")
                .isTrue();
    }

    @Test
    void cellsWithoutIndicatorTakeTheMedianAndAreNoSurprise() {
        Table table = table(5, 200, 0.2, Drawn::noise);
        Encoder encoder = fit(table);
        assertThat(encoder.coordinates().labels()).containsExactly("x", "z");
        assertThat(encoder.withoutIndicator()).containsExactly("x");
        Encoder stored = Encoder.fromJson(
                JsonParser.parseString(encoder.toJson().toString()).getAsJsonObject());
        assertThat(stored.withoutIndicator()).containsExactly("x");
        double[] present = IntStream.range(0, 200)
                .mapToDouble(((NumericColumn) table.column("x"))::value)
                .filter(value -> !Double.isNaN(value))
                .toArray();
        Table rows;
        try (RowReader reader = RowReader.open(
                Samples.source("x,z\n,1\n" + Scaling.median(present) + ",1\n"),
                CsvOptions.defaults(),
                stored.schema())) {
            rows = reader.next();
        }
        Encoded encoded = stored.encode(rows, Precision.FLOAT64);
        Design design = encoded.design();
        assertThat(design.dense().get(0, 0)).isEqualTo(design.dense().get(1, 0));
        assertThat(encoded.report().columns())
                .containsExactly(new EncodeReport.ColumnCounts("x", 1, true, 0, List.of()));
    }

    @Test
    void everyColumnHasOneWhereThatIsWanted() {
        Table table = table(5, 200, 0.2, Drawn::noise);
        Encoder encoder = Encoder.fit(
                table.without("y"),
                TargetColumn.of(table, "y"),
                IntStream.range(0, 200).toArray(),
                EncoderOptions.defaults().withEveryIndicator(true));
        assertThat(indicated(encoder)).isTrue();
        assertThat(encoder.withoutIndicator()).isEmpty();
    }

    @Test
    void targetsOfOtherRowsHaveNoSay() {
        Table train = table(5, 200, 0.2, Drawn::noise);
        Table more = table(5, 400, 0.2, row -> row.noise());
        Table told = table(6, 400, 0.5, row -> row.missing() ? 50 : row.noise());
        assertThat(fit(more, 200).toJson()).isEqualTo(fit(train).toJson());
        assertThat(fit(told, 400).withoutIndicator()).isEmpty();
        assertThat(fit(told, 8).coordinates().labels()).as("too few missing").containsExactly("x", "z");
    }

    @Test
    void datesToo() {
        SplittableRandom random = new SplittableRandom(7);
        List<String> lines = IntStream.range(0, 200)
                .mapToObj(i -> random.nextInt(5) == 0
                        ? "," + (3 + random.nextGaussian())
                        : LocalDate.ofEpochDay(random.nextInt(9000)) + "," + random.nextGaussian())
                .toList();
        Table told = Samples.table("x,y\n" + String.join("\n", lines) + "\n");
        assertThat(indicated(fit(told))).isTrue();
        SplittableRandom noise = new SplittableRandom(10);
        Table silent = Samples.table(lines.stream()
                .map(line -> line.substring(0, line.indexOf(',') + 1) + noise.nextGaussian())
                .collect(Collectors.joining("\n", "x,y\n", "\n")));
        assertThat(fit(silent).withoutIndicator()).containsExactly("x");
    }

    @Test
    void presenceAloneIsDroppedWhenItTellsNothing() {
        SplittableRandom random = new SplittableRandom(9);
        String cells = IntStream.range(0, 100)
                .mapToObj(i -> (i % 3 == 0 ? "" : "7") + "," + i * 7 % 13 + "," + random.nextGaussian())
                .collect(Collectors.joining("\n", "x,z,y\n", "\n"));
        Encoder encoder = fit(Samples.table(cells));
        assertThat(encoder.schema().names()).containsExactly("z");
        assertThat(encoder.dropped())
                .containsExactly(new Encoder.Dropped(
                        "x",
                        "all cells present in training rows have the same value, and which are missing tells nothing about "
                                + "the target"));
    }

    @Test
    void targetsMustBeThoseOfTheRows() {
        Table table = table(5, 20, 0.2, Drawn::noise);
        TargetColumn target = TargetColumn.of(table(5, 30, 0.2, Drawn::noise), "y");
        assertThatThrownBy(() -> Encoder.fit(table.without("y"), target, new int[] {0, 1}, EncoderOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There are 20 rows of inputs and 30 targets, wanted one for each");
    }
}
