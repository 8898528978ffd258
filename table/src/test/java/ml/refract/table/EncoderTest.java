package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.refract.engine.Precision;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import org.junit.jupiter.api.Test;

class EncoderTest {
    private static final EncoderOptions DEFAULTS = EncoderOptions.defaults();

    private static Encoder fit(Table table) {
        return Encoder.fit(table, Encoders.rows(table), DEFAULTS);
    }

    private static double[][] encode(Encoder encoder, Table table) {
        Design design = encoder.encode(table, Precision.FLOAT64).design();
        DoubleMatrix dense = (DoubleMatrix) design.dense();
        return IntStream.range(0, design.rows()).mapToObj(dense::row).toArray(double[][]::new);
    }

    private static EncodeReport report(Encoder encoder, Table table) {
        return encoder.encode(table, Precision.FLOAT64).report();
    }

    @Test
    void ordersNumbersThenLevelsEachInTableOrder() {
        Table table = Samples.table("c,n,b,m\nx,1,yes,\ny,2,no,5\nx,3,,7\n");
        Encoder encoder = fit(table);
        assertThat(encoder.coordinates().labels())
                .containsExactly("n", "m", "m missing", "c=x", "c=y", "b=no", "b=yes", "b=(missing)");
        double sd = Math.sqrt(2 / 3.0);
        double[][] design = encode(encoder, table);
        assertThat(design[0]).containsExactly(new double[] {-1 / sd, 0, 1, 1, 0, 0, 1, 0}, within(1e-15));
        assertThat(design[1]).containsExactly(new double[] {0, -1 / sd, 0, 0, 1, 1, 0, 0}, within(1e-15));
        assertThat(design[2]).containsExactly(new double[] {1 / sd, 1 / sd, 0, 1, 0, 0, 0, 1}, within(1e-15));
    }

    @Test
    void learnsFromTrainingRowsOnly() {
        Table table = Samples.table("n,c\n1,x\n3,y\n1000,z\n,x\n");
        Encoder encoder = Encoder.fit(table, new int[] {0, 1}, DEFAULTS);
        assertThat(encoder.coordinates().labels()).containsExactly("n", "c=x", "c=y");
        double[][] design = encode(encoder, table);
        assertThat(design[2]).containsExactly(998, 0, 0);
        assertThat(design[3]).containsExactly(0, 1, 0);
    }

    @Test
    void gapsTakeTheMedianAndAreCountedWhenUnexpected() {
        Table table = Samples.table("n,m\n1,4\n2,\n4,6\n9,7\n");
        Encoder encoder = fit(table);
        Table gaps = Encoders.read(encoder, "n,m\n,\n3,6\n");
        double[][] design = encode(encoder, gaps);
        assertThat(design[0][0]).isEqualTo(design[1][0]);
        assertThat(design[0]).endsWith(1);
        assertThat(report(encoder, gaps))
                .isEqualTo(new EncodeReport(
                        2,
                        List.of(
                                new EncodeReport.ColumnCounts("n", 1, false, 0, List.of()),
                                new EncodeReport.ColumnCounts("m", 1, true, 0, List.of()))));
    }

    @Test
    void unseenLevelsAreAllZeroAndCounted() {
        Encoder encoder = fit(Samples.table("c,d\nx,1\ny,2\n"));
        Table table = Encoders.read(encoder, "c,d\nz1,1\nz2,1\nx,1\nz1,1\n,1\nz3,1\nz4,1\nz5,1\nz6,1\n");
        double[][] design = encode(encoder, table);
        assertThat(design[0]).endsWith(0, 0);
        assertThat(design[2]).endsWith(1, 0);
        assertThat(design[4]).endsWith(0, 0);
        assertThat(report(encoder, table).columns())
                .containsExactly(
                        new EncodeReport.ColumnCounts("c", 1, false, 7, List.of("z1", "z2", "z3", "z4", "z5")));
    }

    @Test
    void reportsAddUp() {
        Encoder encoder = fit(Samples.table("c,d\nx,1\ny,2\n"));
        EncodeReport first = report(encoder, Encoders.read(encoder, "c,d\nu,1\nx,1\n"));
        EncodeReport second = report(encoder, Encoders.read(encoder, "c,d\nv,\nu,1\nx,1\n"));
        EncodeReport sum = EncodeReport.empty().plus(first).plus(second);
        assertThat(sum)
                .isEqualTo(new EncodeReport(
                        5,
                        List.of(
                                new EncodeReport.ColumnCounts("c", 0, false, 3, List.of("u", "v")),
                                new EncodeReport.ColumnCounts("d", 1, false, 0, List.of()))));
    }

    @Test
    void equalNumbersAreOneLevelAtPredictionToo() {
        Encoder encoder =
                fit(Samples.table("q,n\n1,1\n2.50,2\n", ColumnOptions.defaults().withCategorical(List.of("q"))));
        assertThat(encoder.coordinates().labels()).containsExactly("n", "q=1", "q=2.5");
        double[][] design = encode(encoder, Encoders.read(encoder, "q,n\n1.0,1\n25e-1,1\n3,1\n"));
        assertThat(design[0]).endsWith(1, 0);
        assertThat(design[1]).endsWith(0, 1);
        assertThat(design[2]).endsWith(0, 0);
    }

    @Test
    void booleanWordsMatchInAnyCase() {
        Encoder encoder = fit(Samples.table("b,n\nYes,1\nNo,2\n"));
        Table table = Encoders.read(encoder, "b,n\nYES,1\nno,1\nmaybe,1\n");
        double[][] design = encode(encoder, table);
        assertThat(design[0]).endsWith(0, 1);
        assertThat(design[1]).endsWith(1, 0);
        assertThat(report(encoder, table).columns().get(0).unseenExamples()).containsExactly("maybe");
    }

    @Test
    void columnsThatDoNotVaryInTrainingAreDropped() {
        Table table = Samples.table(
                "n,flat,empty,c,when,part\n1,5,,x,2024-01-01,7\n2,5,,x,2024-01-01,\n3,6,8,y,2024-01-02,9\n");
        Encoder encoder = Encoder.fit(table, new int[] {0, 1}, DEFAULTS);
        assertThat(encoder.dropped())
                .containsExactly(
                        new Encoder.Dropped("flat", "all training rows have the same value"),
                        new Encoder.Dropped("empty", "every cell of the training rows is missing"),
                        new Encoder.Dropped("c", "all training rows have the same value"),
                        new Encoder.Dropped("when", "all training rows have the same value"));
        assertThat(encoder.schema().names()).containsExactly("n", "part");
        assertThat(encoder.coordinates().labels()).containsExactly("n", "part missing");
        assertThat(encode(encoder, table)[1]).containsExactly(1, 1);
    }

    @Test
    void somethingMustVary() {
        Table table = Samples.table("n,c\n1,x\n1,x\n2,y\n");
        assertThatThrownBy(() -> Encoder.fit(table, new int[] {0, 1}, DEFAULTS))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "data.csv: no input column varies over the training rows. Remedy: check which columns were left "
                                + "out, and why, in the column report");
        assertThatThrownBy(() -> Encoder.fit(table, new int[0], DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An encoder needs at least one training row");
        assertThatThrownBy(() -> EncoderOptions.defaults().withMaxOneHotLevels(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxOneHotLevels must be at least 0, got -1");
    }

    @Test
    void wideCategoricalColumnsBecomeCodes() {
        Table table = Samples.table("c,n,d\np,1,x\nq,2,y\n,3,z\nr,4,x\n");
        Encoder encoder = Encoder.fit(table, Encoders.rows(table), DEFAULTS.withMaxOneHotLevels(3));
        Encoded encoded = encoder.encode(table, Precision.FLOAT64);
        assertThat(encoded.design().dense().cols()).isEqualTo(4);
        assertThat(encoded.design().groups()).hasSize(1);
        assertThat(encoded.design().groups().get(0).levels()).isEqualTo(4);
        assertThat(encoded.design().groups().get(0).codes()).containsExactly(0, 1, 3, 2);
        assertThat(encoder.coordinates().labels())
                .containsExactly("n", "d=x", "d=y", "d=z", "c=p", "c=q", "c=r", "c=(missing)");
        Table unseen = Encoders.read(encoder, "c,n,d\ns,1,x\n,1,y\n");
        assertThat(encoder.encode(unseen, Precision.FLOAT32)
                        .design()
                        .groups()
                        .get(0)
                        .codes())
                .containsExactly(-1, 3);
    }

    @Test
    void coordinatesLeadBackToColumns() {
        Coordinates coordinates =
                fit(Samples.table("c,n,m\nx,1,\ny,2,3\n,3,4\n")).coordinates();
        assertThat(coordinates.ranges())
                .extracting(
                        CoordinateRange::column, CoordinateRange::kind, CoordinateRange::start, CoordinateRange::width)
                .containsExactly(
                        tuple("n", CoordinateKind.VALUE, 0, 1),
                        tuple("m", CoordinateKind.VALUE, 1, 1),
                        tuple("m", CoordinateKind.INDICATOR, 2, 1),
                        tuple("c", CoordinateKind.LEVEL, 3, 3));
        assertThat(coordinates.width()).isEqualTo(6);
        assertThat(coordinates.range(4).column()).isEqualTo("c");
        assertThat(coordinates.label(5)).isEqualTo("c=(missing)");
        assertThat(coordinates.of("m")).hasSize(2);
        assertThatThrownBy(() -> coordinates.label(6))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("Coordinate 6 of 6");
    }

    @Test
    void datesBecomeTimeAndPlacesOnCircles() {
        Table table = Samples.table("t,n\n2024-01-01 00:00,1\n2024-07-01 06:00,2\n,3\n2024-12-31 12:00,4\n");
        Encoder encoder = fit(table);
        assertThat(encoder.coordinates().labels())
                .containsExactly(
                        "t time",
                        "t day of year, sine",
                        "t day of year, cosine",
                        "t day of week, sine",
                        "t day of week, cosine",
                        "t time of day, sine",
                        "t time of day, cosine",
                        "t missing",
                        "n");
        double[][] design = encode(encoder, table);
        double mean = IntStream.of(0, 1, 2, 3).mapToDouble(i -> design[i][0]).sum();
        assertThat(mean).isCloseTo(0, within(1e-12));
        assertThat(design[0][1]).isZero();
        assertThat(design[0][2]).isEqualTo(1);
        assertThat(Arrays.copyOfRange(design[1], 3, 5)).containsExactly(0, 1);
        assertThat(Arrays.copyOfRange(design[1], 5, 7)).containsExactly(new double[] {1, 0}, within(1e-15));
        assertThat(Arrays.copyOfRange(design[2], 1, 8)).containsExactly(0, 0, 0, 0, 0, 0, 1);
        // The median of three times is the middle one.
        assertThat(design[2][0]).isEqualTo(design[1][0]);
        double angle = 2 * Math.PI * 365 / 366.0;
        assertThat(design[3][1]).isCloseTo(Math.sin(angle), within(1e-15));
    }

    @Test
    void partsOfDatesThatDoNotVaryAreDropped() {
        Table weekly = Samples.table(Samples.column(
                "t",
                30,
                i -> LocalDateTime.ofEpochSecond(i * 7 * 86_400L, 0, ZoneOffset.UTC)
                        .toLocalDate()
                        .toString()));
        assertThat(fit(weekly).coordinates().labels())
                .containsExactly("t time", "t day of year, sine", "t day of year, cosine");
        Table clock = Samples.table("t\n07:30\n18:00\n23:15\n");
        assertThat(fit(clock).coordinates().labels())
                .containsExactly("t time", "t time of day, sine", "t time of day, cosine");
    }

    @Test
    void datesBefore1970AreNoDifferent() {
        Table table = Samples.table("t\n1969-12-29\n1969-12-31\n1970-01-05\n");
        double[][] design = encode(fit(table), table);
        int week = fit(table).coordinates().labels().indexOf("t day of week, sine");
        // 29 December 1969 and 5 January 1970 were Mondays.
        assertThat(design[0][week]).isZero();
        assertThat(design[2][week]).isZero();
        assertThat(design[1][week]).isCloseTo(Math.sin(2 * Math.PI * 2 / 7), within(1e-15));
    }

    @Test
    void singlePrecisionIsTheRoundedDouble() {
        Table table = Samples.table("n,c\n0.1,x\n0.7,y\n3.3,x\n");
        Encoder encoder = fit(table);
        Matrix single =
                (Matrix) encoder.encode(table, Precision.FLOAT32).design().dense();
        DoubleMatrix exact =
                (DoubleMatrix) encoder.encode(table, Precision.FLOAT64).design().dense();
        for (int i = 0; i < single.values().length; i++) {
            assertThat(single.values()[i]).isEqualTo((float) exact.values()[i]);
        }
    }

    @Test
    void survivesJsonToTheBit() {
        Table table = Samples.table(
                "n,c,t,b,m,flat\n0.1,x,2024-01-01 07:00,yes,,1\n0.7,y,,no,3,1\n3.3,,2024-05-05,yes,4,1\n-7,z,2023-01-01,no,5,2\n");
        Encoder encoder = Encoder.fit(table, new int[] {0, 1, 2}, DEFAULTS.withMaxOneHotLevels(2));
        JsonObject json = JsonParser.parseString(encoder.toJson().toString()).getAsJsonObject();
        Encoder back = Encoder.fromJson(json);
        assertThat(back.toJson()).isEqualTo(encoder.toJson());
        assertThat(back.schema()).isEqualTo(encoder.schema());
        assertThat(back.dropped()).isEqualTo(encoder.dropped()).hasSize(1);
        assertThat(back.coordinates().labels()).isEqualTo(encoder.coordinates().labels());
        Design before = encoder.encode(table, Precision.FLOAT64).design();
        Design after = back.encode(table, Precision.FLOAT64).design();
        assertThat(after.dense()).isEqualTo(before.dense());
        assertThat(after.groups().get(0).codes())
                .isEqualTo(before.groups().get(0).codes());
    }

    @Test
    void refusesDamagedJson() {
        JsonObject json = fit(Samples.table("n,c\n1,x\n2,y\n")).toJson();
        json.addProperty("version", 7);
        assertThatThrownBy(() -> Encoder.fromJson(json))
                .hasMessage(
                        "encoder: version 7 is unknown; this release reads version 1. Remedy: use the release of Refract "
                                + "that wrote it, or a newer one");
        json.addProperty("version", 1);
        json.getAsJsonArray("blocks").remove(1);
        assertThatThrownBy(() -> Encoder.fromJson(json))
                .hasMessage("encoder: the blocks do not match the columns of the schema one to one. "
                        + "Remedy: the model file is damaged; write it again");
        json.getAsJsonArray("blocks").get(0).getAsJsonObject().addProperty("column", "q");
        assertThatThrownBy(() -> Encoder.fromJson(json))
                .hasMessageStartingWith("encoder: the schema has no column 'q'");
        json.getAsJsonArray("blocks").get(0).getAsJsonObject().addProperty("column", "n");
        json.getAsJsonArray("blocks")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("scaling")
                .addProperty("sd", 0);
        assertThatThrownBy(() -> Encoder.fromJson(json)).hasMessageStartingWith("encoder: a standard deviation is 0.0");
    }

    @Test
    void numbersTooLargeAreNamed() {
        assertThatThrownBy(() -> fit(Samples.table("n\n1e308\n-1e308\n2\n")))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv, column 'n': its values cannot be standardised in double precision: they are too "
                        + "large. Remedy: rescale the column, or add --ignore n");
        assertThatThrownBy(() -> fit(Samples.table("n\n1e-200\n2e-200\n")))
                .hasMessage(
                        "data.csv, column 'n': its values cannot be standardised in double precision: they differ too "
                                + "little. Remedy: rescale the column, or add --ignore n");
        Encoder encoder = fit(Samples.table("n\n1\n2\n3\n"));
        Table far = Encoders.read(encoder, "n\n1\n1e39\n");
        assertThat(encode(encoder, far)[1][0]).isGreaterThan(1e39);
        assertThatThrownBy(() -> encoder.encode(far, Precision.FLOAT32))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "data.csv, data row 1, column 'n': found 1.0E39, which is too far from the training values (mean "
                                + "2.0, standard deviation 0.816496580927726) to be standardised in single precision. "
                                + "Remedy: correct the value, or rescale the column before training");
    }

    @Test
    void tablesMustHaveTheColumnsAndTypes() {
        Encoder encoder = fit(Samples.table("n,c\n1,x\n2,y\n"));
        assertThatThrownBy(() -> encoder.encode(Samples.table("N,c\n1,x\n2,y\n"), Precision.FLOAT32))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv: a column the model needs is absent: 'n' (did you mean 'N'?). "
                        + "Remedy: rename or add it; single cells may be empty");
        assertThatThrownBy(() -> encoder.encode(Samples.table("n,c\nx,x\ny,y\n"), Precision.FLOAT32))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv, column 'n': the column is CATEGORICAL here but NUMERIC in the model. "
                        + "Remedy: read the rows under the schema of the model instead of inferring their types");
    }

    @Test
    void encodesNoRows() {
        Encoder encoder = fit(Samples.table("n,c\n1,x\n2,y\n"));
        Encoded none = encoder.encode(Table.ofRows(List.of(), encoder.schema()), Precision.FLOAT32);
        assertThat(none.design().rows()).isZero();
        assertThat(none.design().width()).isEqualTo(3);
        assertThat(none.report()).isEqualTo(EncodeReport.empty());
    }

    /** A column of e^0, e^1 .. e^20, the last value three times, one gap, beside ten values and 20 even ones. */
    private static final String UNEVEN = IntStream.range(0, 24)
            .mapToObj(i -> (i == 23 ? "" : String.valueOf(Math.exp(Math.min(i, 20)))) + "," + i % 10 + "," + i * 7 % 24)
            .collect(Collectors.joining("\n", "uneven,few,even\n", "\n"));

    @Test
    void unevenNumbersHaveNormalScoresOfTheirRanks() {
        Table table = Samples.table(UNEVEN);
        Encoder encoder = Encoder.fit(table, Encoders.rows(table), DEFAULTS.withAlternatives(true));
        assertThat(encoder.coordinates().labels())
                .containsExactly("uneven", "rank of uneven", "uneven missing", "few", "even");
        assertThat(encoder.views())
                .containsExactly(
                        new Encoder.View(false, false, false, List.of(1)),
                        new Encoder.View(true, false, false, List.of(0)));
        assertThat(fit(table).views()).containsExactly(new Encoder.View(false, false, false, List.of()));
        double[][] design = encode(encoder, table);
        double[] scores = IntStream.range(0, 24).mapToDouble(i -> design[i][1]).toArray();
        assertThat(Arrays.stream(scores).average().orElseThrow()).isCloseTo(0, within(1e-12));
        assertThat(Arrays.stream(scores).map(z -> z * z).average().orElseThrow())
                .isCloseTo(1, within(1e-12));
        assertThat(scores[23]).as("a gap counts as the median").isEqualTo(scores[11]);
        // Ranks are means of ties: 0.5 of 24 for the least, 12 for the median, which the gap shares, 22.5 for the
        // largest.
        double below = -2.0368; // quantiles of the normal distribution at 0.5 / 24 and 22.5 / 24
        double above = 1.5341;
        assertThat((scores[20] - scores[11]) / (scores[0] - scores[11])).isCloseTo(above / below, within(1e-3));
        assertThat(design[5][0]).as("the value stays").isEqualTo(encode(fit(table), table)[5][0]);
    }

    @Test
    void numbersBetweenAndBeyondTrainingValues() {
        Table table = Samples.table(UNEVEN);
        Encoder encoder = Encoder.fit(table, Encoders.rows(table), DEFAULTS.withAlternatives(true));
        Encoder again = Encoder.fromJson(
                JsonParser.parseString(encoder.toJson().toString()).getAsJsonObject());
        double half = (Math.exp(3) + Math.exp(4)) / 2;
        Table some = Encoders.read(again, "uneven,few,even\n" + half + ",1,1\n1e12,1,1\n-1e12,1,1\n");
        double[][] known = encode(encoder, table);
        double[][] found = encode(again, some);
        assertThat(found[0][1]).isCloseTo((known[3][1] + known[4][1]) / 2, within(1e-12));
        assertThat(found[1][1]).isEqualTo(known[20][1]);
        assertThat(found[2][1]).isEqualTo(known[0][1]);
    }

    @Test
    void manyValuesKeepTheirRanks() {
        SplittableRandom random = new SplittableRandom(5);
        String text = IntStream.range(0, 3000)
                .mapToObj(i -> String.valueOf(Math.exp(3 * random.nextGaussian())))
                .collect(Collectors.joining("\n", "x\n", "\n"));
        Table table = Samples.table(text);
        double[][] design = encode(Encoder.fit(table, Encoders.rows(table), DEFAULTS.withAlternatives(true)), table);
        for (int i = 0; i < design.length; i++) {
            double normal = Math.log(((NumericColumn) table.column("x")).value(i)) / 3;
            if (Math.abs(normal) < 2) {
                // A rank of 3,000 is off by up to 0.009 or so in probability, three standard errors by up to 0.2 in
                // score.
                assertThat(design[i][1]).isCloseTo(normal, within(0.2));
            }
        }
    }

    @Test
    void damagedRanksAreRefused() {
        Table table = Samples.table(UNEVEN);
        JsonObject json = Encoder.fit(table, Encoders.rows(table), DEFAULTS.withAlternatives(true))
                .toJson();
        JsonObject ranks =
                json.getAsJsonArray("blocks").get(0).getAsJsonObject().getAsJsonObject("ranks");
        ranks.getAsJsonArray("values").set(3, new JsonPrimitive(0));
        assertThatThrownBy(() -> Encoder.fromJson(json)).hasMessageContaining("do not ascend at place 3");
        ranks.getAsJsonArray("values").remove(3);
        assertThatThrownBy(() -> Encoder.fromJson(json)).hasMessageContaining("wanted as many of both");
    }
}
