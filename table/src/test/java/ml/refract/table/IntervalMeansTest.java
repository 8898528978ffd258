package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.DoubleMatrix;
import org.junit.jupiter.api.Test;

/** Numbers as mean targets of intervals. */
class IntervalMeansTest {
    private static final EncoderOptions SEARCHED = EncoderOptions.defaults().withAlternatives(true);

    private static double[] means(Encoder encoder, Table table) {
        DoubleMatrix design =
                (DoubleMatrix) encoder.encode(table, Precision.FLOAT64).design().dense();
        return design.col(design.cols() - 1);
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
        Encoder encoder = Encoders.searched(table);
        assertThat(encoder.coordinates().labels()).containsExactly("x", "x missing", "n", "mean y by x");
        assertThat(encoder.coordinates().of("x"))
                .extracting(CoordinateRange::kind)
                .containsExactly(CoordinateKind.VALUE, CoordinateKind.INDICATOR, CoordinateKind.TARGET_MEAN);
        assertThat(encoder.views()).containsExactly(new Encoder.View(false, false, false, List.of(3)));
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
        assertThat(means(Encoders.stored(encoder), table)).isEqualTo(found);
        assertThat(Encoders.stored(encoder).views()).isEqualTo(encoder.views());
    }

    @Test
    void numbersAndGapsNeverSeenHaveTheNearestMeanOrThatOfAll() {
        Table table = Samples.table(IntStream.range(0, 60)
                .mapToObj(i -> i * 7 % 60 + "," + i % 3 + "," + (i * 7 % 60 < 40 ? 1.5 : 2.5))
                .collect(Collectors.joining("\n", "x,n,y\n", "\n")));
        Encoder encoder = Encoder.fit(
                table.without("y"), TargetColumn.of(table, "y", TaskKind.REGRESSION), Encoders.rows(table), SEARCHED);
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

    @Test
    void classesHaveShares() {
        Table table = Samples.table(IntStream.range(0, 300)
                .mapToObj(i -> i * 7 % 300 + "," + (i * 7 % 300 < 100 ? "a" : i * 7 % 300 < 200 ? "b" : "c"))
                .collect(Collectors.joining("\n", "x,y\n", "\n")));
        assertThat(Encoders.searched(table).coordinates().labels())
                .containsExactly("x", "share of b by x", "share of c by x");
    }

    @Test
    void columnsThatTellNothingAndFewValuesHaveNone() {
        SplittableRandom random = new SplittableRandom(4);
        Table table = Samples.table(IntStream.range(0, 2000)
                .mapToObj(i -> random.nextDouble() + "," + i % 3 + "," + (i % 3 + random.nextGaussian()))
                .collect(Collectors.joining("\n", "x,few,y\n", "\n")));
        assertThat(Encoders.searched(table).coordinates().labels()).containsExactly("x", "few");
        Table informative = table(100, 5, x -> x < 5 ? 0 : 1);
        assertThat(Encoder.fit(informative.without("y"), Encoders.rows(informative), SEARCHED)
                        .intervalMeans())
                .as("without targets")
                .isEmpty();
        assertThat(Encoder.fit(
                                informative.without("y"),
                                TargetColumn.of(informative, "y"),
                                Encoders.rows(informative),
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
        List<String> labels = Encoders.searched(table).coordinates().labels();
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
        double errorOfCodes = 0;
        for (int i : others) {
            int part = (int) Arrays.stream(ends).filter(end -> end <= codes[i]).count() - 1;
            int[] same =
                    Arrays.stream(learned).filter(k -> codes[k] == codes[i]).toArray();
            for (int k = 0; k < 2; k++) {
                int output = k;
                double sum =
                        Arrays.stream(same).mapToDouble(j -> y.get(j, output)).sum();
                double mean = (sum + 3 * means.get(part, k)) / (same.length + 3);
                errorOfCodes += Math.pow(y.get(i, k) - mean, 2);
            }
        }
        assertThat(TargetSums.of(codes, 9, others, y).errorOfCodes(ends, sums)).isCloseTo(errorOfCodes, within(1e-12));
    }

    /** What is told of rows that may not be looked at: nothing, also not by the places where intervals end. */
    @Test
    void targetsOfRowsHeldOutHaveNoInfluence() {
        Table table = table(400, 9, Math::sin);
        NumericColumn x = (NumericColumn) table.column("x");
        KnownTargets known = KnownTargets.of(TargetColumn.of(table, "y"), Encoders.rows(table));
        int[] learned = IntStream.range(0, 400).filter(i -> i % 4 != 1).toArray();
        TargetMeans.Column column = IntervalMeans.column(x, TrainingTargets.of(Encoders.rows(table), known), 0);
        DoubleMatrix y = known.centred();
        TargetMeans.Means before = column.over(learned, y);
        double[] told =
                IntStream.range(0, 400).mapToDouble(i -> before.of(i, 0)).toArray();
        assertThat(Arrays.stream(told).distinct().count()).isGreaterThan(5);
        for (int i = 1; i < 400; i += 4) {
            y.set(i, 0, 100);
        }
        TargetMeans.Means after = column.over(learned, y);
        assertThat(IntStream.range(0, 400).mapToDouble(i -> after.of(i, 0)).toArray())
                .isEqualTo(told);
    }

    @Test
    void damagedMeansAreRefused() {
        JsonObject json = Encoders.searched(table(200, 10, x -> x < 5 ? 0 : 1)).toJson();
        JsonArray blocks = json.getAsJsonArray("blocks");
        JsonObject means = blocks.get(blocks.size() - 1).getAsJsonObject();
        means.getAsJsonArray("means").remove(0);
        assertThatThrownBy(() -> Encoder.fromJson(json))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("there are 2 means for 2 intervals and missing cells, 1 coordinates each");
    }
}
