package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.DoubleMatrix;
import org.junit.jupiter.api.Test;

/** Numbers as mean targets of intervals. */
class IntervalMeansTest {
    private static final EncoderOptions SEARCHED = EncoderOptions.defaults().withAlternatives(true);

    private static int[] rows(Table table) {
        return IntStream.range(0, table.rows()).toArray();
    }

    private static Encoder fit(Table table) {
        return Encoder.fit(table.without("y"), TargetColumn.of(table, "y"), rows(table), SEARCHED);
    }

    private static double[] means(Encoder encoder, Table table) {
        return column(encoder, table, encoder.coordinates().width() - 1);
    }

    private static Encoder stored(Encoder encoder) {
        return Encoder.fromJson(
                JsonParser.parseString(encoder.toJson().toString()).getAsJsonObject());
    }

    /** Two columns between 0 and 10, of which the target is a function of the first and, not much, of noise; one in nine is missing. */
    private static Table table(int rows, long seed, DoubleUnaryOperator target) {
        SplittableRandom random = new SplittableRandom(seed);
        return Samples.table(IntStream.range(0, rows)
                .mapToObj(i -> {
                    double x = random.nextDouble(10);
                    boolean gap = random.nextInt(9) == 0;
                    double y = (gap ? -20 : target.applyAsDouble(x)) + 0.01 * random.nextGaussian();
                    return (gap ? "" : x) + "," + random.nextDouble(10) + "," + y;
                })
                .collect(Collectors.joining("\n", "x,n,y\n", "\n")));
    }

    @Test
    void anIntervalEndsWhereTheTargetJumps() {
        Table table = table(400, 1, x -> x < 2.5 ? 3 : x < 7 ? 9 : 1);
        Encoder encoder = fit(table);
        assertThat(encoder.coordinates().labels()).containsExactly("x", "x missing", "n", "mean y by x");
        assertThat(encoder.coordinates().of("x"))
                .extracting(CoordinateRange::kind)
                .containsExactly(CoordinateKind.VALUE, CoordinateKind.INDICATOR, CoordinateKind.TARGET_MEAN);
        assertThat(encoder.views()).containsExactly(new Encoder.View(false, false, List.of(3)));
        assertThat(encoder.intervalMeans()).containsExactly(3);
        double[] found = means(encoder, table);
        double[] y = TargetColumn.of(table, "y").values();
        double mean = Arrays.stream(y).average().orElseThrow();
        double[] drawn = Arrays.stream(y)
                .map(value -> {
                    double[] same = Arrays.stream(y)
                            .filter(v -> Math.abs(v - value) < 1)
                            .toArray();
                    return (Arrays.stream(same).sum() - same.length * mean) / (same.length + 3);
                })
                .toArray();
        for (int i = 0; i < 400; i++) {
            assertThat(found[i] / found[0]).isCloseTo(drawn[i] / drawn[0], within(1e-9));
        }
        double average = Arrays.stream(found).average().orElseThrow();
        double variance = Arrays.stream(found).map(v -> v * v).average().orElseThrow() - average * average;
        assertThat(variance).isCloseTo(1, within(1e-12));
        assertThat(means(stored(encoder), table)).isEqualTo(found);
        assertThat(stored(encoder).views()).isEqualTo(encoder.views());
    }

    @Test
    void numbersAndGapsNeverSeenHaveTheNearestMeanOrThatOfAll() {
        Table table = Samples.table(IntStream.range(0, 60)
                .mapToObj(i -> i * 7 % 60 + "," + i % 3 + "," + (i * 7 % 60 < 40 ? 1.5 : 2.5))
                .collect(Collectors.joining("\n", "x,n,y\n", "\n")));
        Encoder encoder = Encoder.fit(
                table.without("y"), TargetColumn.of(table, "y", TaskKind.REGRESSION), rows(table), SEARCHED);
        Table more;
        try (RowReader reader = RowReader.open(
                Samples.source("x,n\n0,1\n-100,1\n39.4,1\n39.5,1\n1e6,1\n,1\n"),
                CsvOptions.defaults(),
                encoder.schema())) {
            more = reader.next();
        }
        double[] found = means(encoder, more);
        assertThat(found[0]).isNegative();
        assertThat(found).containsExactly(found[0], found[0], found[0], found[4], found[4], 0);
        // Distances to the mean of all are 1 and 2, drawn by three rows each.
        assertThat(found[4] / found[0]).isCloseTo(-2 * (20 / 23.0) / (40 / 43.0), within(1e-12));
    }

    /** Rows of fifty shops, whose numbers say nothing of what the shops sell, and a smooth column of fifty numbers. */
    private static Table shops(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] sales = random.doubles(50, -3, 3).toArray();
        return Samples.table(IntStream.range(0, 600)
                .mapToObj(i -> {
                    int shop = random.nextInt(50);
                    int month = random.nextInt(50);
                    double y = sales[shop] + Math.sin(month / 8.0) + 0.1 * random.nextGaussian();
                    return (shop == 7 ? "" : 100 + shop) + "," + month + "," + y;
                })
                .collect(Collectors.joining("\n", "shop,month,y\n", "\n")));
    }

    private static JsonObject block(Encoder encoder, String column) {
        return encoder.toJson().getAsJsonArray("blocks").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(block -> block.has("bounds")
                        && block.get("column").getAsString().equals(column))
                .findFirst()
                .orElseThrow();
    }

    /** By the definition: the mean over rows of which something holds, drawn by three rows. */
    private static double drawn(double[] y, IntPredicate some, double towards) {
        double[] theirs = IntStream.range(0, y.length)
                .filter(some)
                .mapToDouble(i -> y[i])
                .toArray();
        return (Arrays.stream(theirs).sum() + 3 * towards) / (theirs.length + 3);
    }

    @Test
    void numbersThatRepeatHaveMeansOfTheirOwn() {
        Table table = shops(11);
        Encoder encoder = fit(table);
        assertThat(encoder.coordinates().labels())
                .containsExactly("shop", "shop missing", "month", "mean y by shop", "mean y by month");
        assertThat(block(encoder, "month").has("numbers"))
                .as("intervals say as much of what is smooth")
                .isFalse();
        double[] bounds = block(encoder, "shop").getAsJsonArray("bounds").asList().stream()
                .mapToDouble(JsonElement::getAsDouble)
                .toArray();
        double[] shop = values(table, "shop");
        double[] y = values(table, "y");
        double mean = Arrays.stream(y).average().orElseThrow();
        Arrays.setAll(y, i -> y[i] - mean);
        double[] found = column(encoder, table, 3);
        double[] wanted = new double[600];
        for (int i = 0; i < 600; i++) {
            double own = shop[i];
            wanted[i] = Double.isNaN(own)
                    ? drawn(y, k -> Double.isNaN(shop[k]), 0)
                    : drawn(y, k -> shop[k] == own, ofInterval(y, shop, bounds, own));
        }
        int first = IntStream.range(0, 600).filter(i -> shop[i] > 0).findFirst().orElseThrow();
        double unit = found[first] / wanted[first];
        for (int i = 0; i < 600; i++) {
            assertThat(found[i]).isCloseTo(unit * wanted[i], within(1e-9));
        }
        assertThat(column(stored(encoder), table, 3)).isEqualTo(found);
        Table unseen;
        try (RowReader reader = RowReader.open(
                Samples.source("shop,month\n100.5,1\n1e6,1\n"), CsvOptions.defaults(), encoder.schema())) {
            unseen = reader.next();
        }
        assertThat(column(encoder, unseen, 3))
                .as("numbers never seen have the means of their intervals")
                .containsExactly(
                        new double[] {
                            unit * ofInterval(y, shop, bounds, 100.5), unit * ofInterval(y, shop, bounds, 1e6)
                        },
                        within(1e-9));
    }

    private static double ofInterval(double[] y, double[] values, double[] bounds, double value) {
        return drawn(y, k -> !Double.isNaN(values[k]) && interval(bounds, values[k]) == interval(bounds, value), 0);
    }

    private static long interval(double[] bounds, double value) {
        return Arrays.stream(bounds).filter(bound -> bound <= value).count();
    }

    private static double[] values(Table table, String column) {
        NumericColumn numbers = (NumericColumn) table.column(column);
        return IntStream.range(0, table.rows()).mapToDouble(numbers::value).toArray();
    }

    private static double[] column(Encoder encoder, Table table, int coordinate) {
        return ((DoubleMatrix) encoder.encode(table, Precision.FLOAT64).design().dense()).col(coordinate);
    }

    @Test
    void classesHaveShares() {
        Table table = Samples.table(IntStream.range(0, 300)
                .mapToObj(i -> i * 7 % 300 + "," + (i * 7 % 300 < 100 ? "a" : i * 7 % 300 < 200 ? "b" : "c"))
                .collect(Collectors.joining("\n", "x,y\n", "\n")));
        assertThat(fit(table).coordinates().labels()).containsExactly("x", "share of b by x", "share of c by x");
    }

    @Test
    void columnsThatTellNothingAndFewValuesHaveNone() {
        SplittableRandom random = new SplittableRandom(4);
        Table table = Samples.table(IntStream.range(0, 2000)
                .mapToObj(i -> random.nextDouble() + "," + i % 3 + "," + (i % 3 + random.nextGaussian()))
                .collect(Collectors.joining("\n", "x,few,y\n", "\n")));
        assertThat(fit(table).coordinates().labels()).containsExactly("x", "few");
        Table informative = table(100, 5, x -> x < 5 ? 0 : 1);
        assertThat(Encoder.fit(informative.without("y"), rows(informative), SEARCHED)
                        .intervalMeans())
                .as("without targets")
                .isEmpty();
        assertThat(Encoder.fit(
                                informative.without("y"),
                                TargetColumn.of(informative, "y"),
                                rows(informative),
                                EncoderOptions.defaults())
                        .intervalMeans())
                .as("without alternatives")
                .isEmpty();
    }

    @Test
    void ofManyColumnsThoseThatExplainMostHaveMeans() {
        SplittableRandom random = new SplittableRandom(6);
        String header = IntStream.range(0, 70).mapToObj(j -> "x" + j).collect(Collectors.joining(","));
        Table table = Samples.table(IntStream.range(0, 500)
                .mapToObj(i -> {
                    double y = random.nextGaussian();
                    String cells = IntStream.range(0, 70)
                            .mapToObj(j ->
                                    String.valueOf(y + (j == 12 ? 40 : 0.2 + 0.02 * j) * random.nextGaussian() / 4))
                            .collect(Collectors.joining(","));
                    return cells + "," + y;
                })
                .collect(Collectors.joining("\n", header + ",y\n", "\n")));
        List<String> labels = fit(table).coordinates().labels();
        assertThat(labels).hasSize(70 + 64).contains("mean y by x0").doesNotContain("mean y by x12");
    }

    /** Every way to divide six values in two and in three, at least two rows in each part, beside what the tree does. */
    @Test
    void theFirstIntervalsAreTheBest() {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] codes = random.ints(30, 0, 6).toArray();
            double[] y = random.doubles(30, -1, 1).toArray();
            int[] all = IntStream.range(0, 30).toArray();
            TargetSums sums = TargetSums.of(codes, 7, all, DoubleMatrix.column(y));
            List<Integer> splits = sums.splits(3, 2);
            int first = best(codes, y, List.of());
            assertThat(splits.get(0)).isEqualTo(first);
            assertThat(splits.get(1)).isEqualTo(best(codes, y, List.of(first)));
            assertThat(sums.ends(splits))
                    .containsExactly(IntStream.of(0, splits.get(0), splits.get(1), 6, 7)
                            .sorted()
                            .toArray());
        }
    }

    private static int best(int[] codes, double[] y, List<Integer> before) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int split = 1; split < 6; split++) {
            List<Integer> splits = new ArrayList<>(before);
            splits.add(split);
            int[] part = Arrays.stream(codes)
                    .map(code -> (int) splits.stream().filter(s -> s <= code).count())
                    .toArray();
            double error = 0;
            boolean allowed = true;
            for (int p = 0; p <= splits.size(); p++) {
                int here = p;
                double[] theirs = IntStream.range(0, y.length)
                        .filter(i -> part[i] == here)
                        .mapToDouble(i -> y[i])
                        .toArray();
                allowed &= theirs.length >= 2;
                double mean = Arrays.stream(theirs).average().orElse(0);
                error += Arrays.stream(theirs).map(v -> (v - mean) * (v - mean)).sum();
            }
            if (allowed && error < least) {
                least = error;
                best = split;
            }
        }
        return best;
    }

    /** Errors of means for rows they were not learned from, by the definition. */
    @Test
    void errorsAreThoseOfTheMeans() {
        SplittableRandom random = new SplittableRandom(8);
        int[] codes = random.ints(60, 0, 9).toArray();
        DoubleMatrix y = DoubleMatrix.of(60, 2, random.doubles(120, -1, 1).toArray());
        int[] learned = IntStream.range(0, 40).toArray();
        int[] others = IntStream.range(40, 60).toArray();
        TargetSums sums = TargetSums.of(codes, 9, learned, y);
        int[] ends = sums.ends(sums.splits(4, 3));
        DoubleMatrix means = sums.means(ends);
        double error = 0;
        for (int i : others) {
            int part = (int) Arrays.stream(ends).filter(end -> end <= codes[i]).count() - 1;
            for (int k = 0; k < 2; k++) {
                error += Math.pow(y.get(i, k) - means.get(part, k), 2);
            }
        }
        assertThat(TargetSums.of(codes, 9, others, y).error(ends, sums)).isCloseTo(error, within(1e-12));
    }

    /** What is told of rows that may not be looked at: nothing, also not by the places where intervals end. */
    @Test
    void targetsOfRowsHeldOutHaveNoInfluence() {
        requireNoInfluence(table(400, 9, Math::sin), "x");
        requireNoInfluence(shops(13), "shop");
    }

    private static void requireNoInfluence(Table table, String column) {
        NumericColumn x = (NumericColumn) table.column(column);
        KnownTargets known = KnownTargets.of(TargetColumn.of(table, "y"), rows(table));
        int count = table.rows();
        int[] learned = IntStream.range(0, count).filter(i -> i % 4 != 1).toArray();
        TargetMeans.Column means = IntervalMeans.column(x, IntervalMeans.Training.of(rows(table), known), 0);
        DoubleMatrix y = known.centred();
        TargetMeans.Means before = means.over(learned, y);
        double[] told =
                IntStream.range(0, count).mapToDouble(i -> before.of(i, 0)).toArray();
        assertThat(Arrays.stream(told).distinct().count()).isGreaterThan(5);
        for (int i = 1; i < count; i += 4) {
            y.set(i, 0, 100);
        }
        TargetMeans.Means after = means.over(learned, y);
        assertThat(IntStream.range(0, count).mapToDouble(i -> after.of(i, 0)).toArray())
                .isEqualTo(told);
    }

    @Test
    void damagedMeansAreRefused() {
        JsonObject json = fit(table(200, 10, x -> x < 5 ? 0 : 1)).toJson();
        JsonArray blocks = json.getAsJsonArray("blocks");
        JsonObject means = blocks.get(blocks.size() - 1).getAsJsonObject();
        means.getAsJsonArray("means").remove(0);
        assertThatThrownBy(() -> Encoder.fromJson(json))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("there are 2 means for 2 intervals, 0 numbers and missing cells, 1 coordinates each");
    }
}
