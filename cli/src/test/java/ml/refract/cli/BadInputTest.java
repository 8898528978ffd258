package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in users' hands, and the exact words they get. */
class BadInputTest {
    private static final int USAGE = 2;
    private static final int DATA = 3;
    private static final int MEMORY = 4;

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** Rows x,y of numbers, of which y is 2 x + 1. */
    private static String line(int rows) {
        return IntStream.range(0, rows)
                .mapToObj(i -> i + 0.5 + "," + (2 * i + 2))
                .collect(Collectors.joining("\n", "x,y\n", "\n"));
    }

    private void assertTrainRefused(int code, String message, Path data, Object... arguments) {
        Path model = folder.resolve("refused.refract");
        Object[] all = concat(new Object[] {"train", data, "--model", model}, arguments);
        assertRefused(code, message, all);
        assertThat(model).doesNotExist();
    }

    private static Object[] concat(Object[] first, Object[] second) {
        Object[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /** One line of error and nothing else, except the report of the columns when reading went well. */
    private static void assertRefused(int code, String message, Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.err()).isEqualTo("refract: " + message + "\n");
        assertThat(result.code()).isEqualTo(code);
    }

    private Path trained() throws IOException {
        Path model = folder.resolve("line.refract");
        Cli.Result result = Cli.run(
                "train",
                file("line.csv", line(40)),
                "--target",
                "y",
                "--task",
                "regression",
                "--iterations",
                1,
                "--model",
                model);
        assertThat(result.code()).as(result.err()).isZero();
        return model;
    }

    // Files

    @Test
    void missingFile() {
        assertTrainRefused(
                DATA,
                "nowhere.csv: there is no such file. Remedy: check the path (it was looked for in "
                        + Path.of("").toAbsolutePath() + ")",
                Path.of("nowhere.csv"),
                "--target",
                "y");
    }

    @Test
    void emptyFile() throws IOException {
        Path data = file("empty.csv", "");
        assertTrainRefused(
                DATA,
                data + ": the file is empty. Remedy: pass a file with a header line and data rows",
                data,
                "--target",
                "y");
    }

    @Test
    void headerOnly() throws IOException {
        Path data = file("header.csv", "x,y\n");
        assertTrainRefused(
                DATA,
                data + ": there is a header but no data row below it. Remedy: pass a file with data rows",
                data,
                "--target",
                "y");
    }

    @Test
    void raggedRows() throws IOException {
        Path data = file("ragged.csv", "x,y\n1,2\n3\n4,5\n");
        assertTrainRefused(
                DATA,
                data
                        + ", line 3 (data row 1): found 1 cell, wanted 2 as in the header. Remedy: put \" around cells that "
                        + "contain \",\", and leave no cell out",
                data,
                "--target",
                "y");
    }

    @Test
    void duplicateColumnNames() throws IOException {
        Path data = file("twice.csv", "x,y,x\n1,2,3\n");
        assertTrainRefused(
                DATA,
                data
                        + ", line 1: the column name 'x' appears twice, in columns 1 and 3. Remedy: rename one of them; if "
                        + "this line holds data, put a header line above it",
                data,
                "--target",
                "y");
    }

    @Test
    void wrongEncoding() throws IOException {
        Path data = folder.resolve("latin.csv");
        Files.write(data, "name,y\nM\u00fcller,1\nMeier,2\n".getBytes(StandardCharsets.ISO_8859_1));
        assertTrainRefused(
                DATA,
                data + ", line 2: found bytes that are not valid UTF-8. Remedy: name the encoding of the file, often "
                        + "--encoding ISO-8859-1, or save it as UTF-8",
                data,
                "--target",
                "y");
        Cli.Result right =
                Cli.run("train", data, "--target", "y", "--encoding", "ISO-8859-1", "--model", folder.resolve("m"));
        assertThat(right.err()).doesNotContain("UTF-8");
    }

    @Test
    void truncatedGzip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(line(2000).getBytes(StandardCharsets.UTF_8));
        }
        Path data = folder.resolve("cut.csv.gz");
        Files.write(data, Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2));
        assertTrainRefused(
                DATA,
                data + ": the gzip data end too early. Remedy: copy or compress the file again",
                data,
                "--target",
                "y");
    }

    // Columns

    @Test
    void wrongTargetName() throws IOException {
        Path data = file("houses.csv", "area,price\n1,2\n3,4\n");
        assertTrainRefused(
                DATA,
                data + ": there is no column 'prize', named as target (did you mean 'price'?). Remedy: use a name "
                        + "from the header: 'area', 'price'",
                data,
                "--target",
                "prize");
    }

    @Test
    void targetWithMissingValues() throws IOException {
        Path data = file("gaps.csv", line(30) + "31,\n32,NA\n");
        assertTrainRefused(
                DATA,
                data + ", column 'y': the target is missing in 2 of 32 rows: data rows 30, 31. Remedy: fill it in, or "
                        + "leave these rows out with --drop-missing-target",
                data,
                "--target",
                "y");
        Cli.Result dropped = Cli.run(
                "train", data, "--target", "y", "--drop-missing-target", "--model", folder.resolve("m.refract"));
        assertThat(dropped.code()).isZero();
        assertThat(dropped.out()).contains("2 rows without a target left out");
    }

    @Test
    void oneClassOnly() throws IOException {
        Path data = file("one.csv", "x,y\n1.5,a\n2.5,a\n3.5,a\n");
        assertTrainRefused(
                DATA,
                data + ", column 'y': every row is of the one class \"a\", wanted at least two classes. Remedy: name "
                        + "another target, or add rows of other classes",
                data,
                "--target",
                "y");
    }

    @Test
    void fewerRowsThanClasses() throws IOException {
        Path data = file("few.csv", "x,y\n1.5,a\n2.5,b\n3.5,c\n");
        Path split = file("split.csv", "row,part\n0,train\n1,train\n2,val\n");
        assertTrainRefused(
                DATA,
                data + ": there are 2 training rows for 3 classes, wanted at least one row for each class. Remedy: add "
                        + "rows, merge classes, or use --task regression if the classes are numbers",
                data,
                "--preset",
                "fast",
                "--target",
                "y",
                "--split",
                split);
    }

    @Test
    void constantFeatures() throws IOException {
        Path data = file("same.csv", "x,z,y\n" + "1,a,1.5\n1,a,2.5\n1,a,4\n".repeat(10));
        assertTrainRefused(
                DATA,
                data
                        + ": no input column varies over the training rows. Remedy: check which columns were left out, and "
                        + "why, in the column report",
                data,
                "--target",
                "y");
    }

    @Test
    void infinityText() throws IOException {
        Path data = file("inf.csv", "x,y\n1.5,1\nInf,2\n3.5,4\n");
        assertTrainRefused(
                DATA,
                data
                        + ", line 3 (data row 1), column 'x': found \"Inf\" among numbers, wanted finite numbers. Remedy: if "
                        + "it stands for a missing value, add --missing Inf; else add --categorical x or --ignore x",
                data,
                "--target",
                "y");
    }

    /** NaN is a missing value, by default and by name. */
    @Test
    void nanTextIsMissing() throws IOException {
        Path data = file("nan.csv", line(30) + "NaN,50\n");
        Cli.Result result =
                Cli.run("train", data, "--target", "y", "--task", "regression", "--model", folder.resolve("m.refract"));
        assertThat(result.code()).isZero();
        assertThat(result.out()).containsPattern("x +numeric +1 +30 ");
    }

    @Test
    void mixedTypes() throws IOException {
        Path data = file("mixed.csv", line(30) + "about 7,50\n");
        assertTrainRefused(
                DATA,
                data + ", column 'x': mixed types: 30 cells are numbers, but \"about 7\" in line 32 (data row 30) is "
                        + "not. Remedy: if that text stands for a missing value, add --missing TOKEN; else add "
                        + "--categorical x or --ignore x",
                data,
                "--target",
                "y");
    }

    /** Integers a double cannot hold are names, not numbers; the report says so. */
    @Test
    void hugeIntegers() throws IOException {
        String rows = IntStream.range(0, 30)
                .mapToObj(i -> 9_007_199_254_740_993L + 2L * i + "," + i + ".5," + 3 * i)
                .collect(Collectors.joining("\n", "serial,x,y\n", "\n"));
        Cli.Result result = Cli.run(
                "train",
                file("huge.csv", rows),
                "--target",
                "y",
                "--task",
                "regression",
                "--model",
                folder.resolve("m.refract"));
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .containsPattern(
                        "serial +identifier +0 +30 +left out: its integers are too large to be held exactly as "
                                + "numbers, and nearly all differ");
    }

    @Test
    void columnNamedTwice() throws IOException {
        assertTrainRefused(
                USAGE,
                "Column 'x' is named both categorical and ignored; name it once",
                file("line.csv", line(5)),
                "--target",
                "y",
                "--categorical",
                "x",
                "--ignore",
                "x");
    }

    // Cross-validation, and rows that choose a model by group or time

    private void assertCvRefused(int code, String message, Path data, Object... arguments) {
        Path predictions = folder.resolve("p.csv");
        assertRefused(
                code, message, concat(new Object[] {"cv", data, "-t", "y", "--predictions", predictions}, arguments));
        assertThat(predictions).doesNotExist();
    }

    /** Groups of three rows, of which one lacks its group; times, of which two are missing. */
    private Path gaps() throws IOException {
        return file(
                "gaps.csv",
                IntStream.range(0, 30)
                        .mapToObj(i -> (i == 7 ? "" : "g" + i / 3) + "," + (i == 8 || i == 21 ? "NA" : i / 2) + ","
                                + i * i + "," + (i + 0.5))
                        .collect(Collectors.joining("\n", "g,t,x,y\n", "\n")));
    }

    @Test
    void foldsThatCannotBe() throws IOException {
        Path data = file("line.csv", line(30));
        assertCvRefused(USAGE, "--folds must be at least 2, got 1", data, "--folds", 1);
        assertCvRefused(
                DATA,
                data + ": there are 30 rows, wanted at least 31 for 31 folds. Remedy: ask for fewer folds, or add rows",
                data,
                "--task",
                "regression",
                "--folds",
                31);
        assertCvRefused(
                DATA,
                data
                        + ", column 'x': there are 30 different times, wanted at least 31 for 30 folds. Remedy: ask for fewer "
                        + "folds, or add rows",
                data,
                "--task",
                "regression",
                "--folds",
                30,
                "--time",
                "x");
        Path groups = file("groups.csv", "g,x,y\n" + "a,1,1.5\nb,2,2.5\nc,3,3\n".repeat(5));
        assertCvRefused(
                DATA,
                groups
                        + ", column 'g': there are 3 groups, wanted at least 4 for 4 folds. Remedy: ask for fewer folds, or "
                        + "add rows",
                groups,
                "--folds",
                4,
                "--group",
                "g");
    }

    @Test
    void columnsThatCannotDivideRows() throws IOException {
        Path data = gaps();
        for (String command : new String[] {"cv", "train"}) {
            assertRefused(
                    DATA,
                    data + ": there is no column 'gg', named as group (did you mean 'g'?). Remedy: use a name from the "
                            + "header: 'g', 't', 'x', 'y'",
                    command,
                    data,
                    "-t",
                    "y",
                    "--group",
                    "gg");
            assertRefused(
                    DATA,
                    data + ": there is no column 'date', named as time. Remedy: use a name from the header: 'g', 't', "
                            + "'x', 'y'",
                    command,
                    data,
                    "-t",
                    "y",
                    "--time",
                    "date");
            assertRefused(
                    USAGE,
                    "Options contradict each other: --group keeps rows together and --time puts them in order; give one "
                            + "of them",
                    command,
                    data,
                    "-t",
                    "y",
                    "--time",
                    "t",
                    "--group",
                    "g");
            assertRefused(
                    USAGE,
                    "Column 'y' is named both target and group; name it once",
                    command,
                    data,
                    "-t",
                    "y",
                    "--group",
                    "y");
            assertRefused(
                    DATA,
                    data
                            + ", column 'g': the group is missing in 1 of 30 rows: data row 7. Remedy: fill it in, or remove "
                            + "these rows",
                    command,
                    data,
                    "-t",
                    "y",
                    "--group",
                    "g");
            assertRefused(
                    DATA,
                    data + ", column 't': the time is missing in 2 of 30 rows: data rows 8, 21. Remedy: fill it in, or "
                            + "remove these rows",
                    command,
                    data,
                    "-t",
                    "y",
                    "--time",
                    "t");
            assertRefused(
                    DATA,
                    data + ", column 'g': the column holds text, wanted numbers or dates that put the rows in order of "
                            + "time. Remedy: name another column, or write its dates as yyyy-MM-dd or yyyy-MM-dd HH:mm:ss",
                    command,
                    data,
                    "-t",
                    "y",
                    "--time",
                    "g");
        }
    }

    @Test
    void groupsOrTimesThatOfferNoChoice() throws IOException {
        Path data = file("one.csv", "g,x,y\n" + "a,1,1.5\na,2,2.5\na,3,3\n".repeat(5));
        assertTrainRefused(
                DATA,
                data
                        + ", column 'g': all rows are of one group, wanted at least two, so that one can be held out. Remedy: "
                        + "name another column, or hold rows out at random",
                data,
                "-t",
                "y",
                "--group",
                "g");
        Path split = file("split.csv", "row,part\n0,train\n");
        assertTrainRefused(
                USAGE,
                "Options contradict each other: --group is for rows held out of the data, not for --split",
                data,
                "-t",
                "y",
                "--group",
                "g",
                "--split",
                split);
        assertTrainRefused(
                USAGE,
                "Options contradict each other: --time is for rows held out of the data, not for a file of --valid",
                data,
                "-t",
                "y",
                "--time",
                "x",
                "--valid",
                split);
    }

    @Test
    void outputsOfCrossValidation() throws IOException {
        Path data = file("line.csv", line(30));
        assertRefused(
                USAGE,
                "--predictions must be a file; standard output is for scores",
                "cv",
                data,
                "-t",
                "y",
                "--predictions",
                "-");
        Path same = folder.resolve("same");
        assertRefused(
                USAGE,
                "Options contradict each other: --json and --predictions name the same file " + same,
                "cv",
                data,
                "-t",
                "y",
                "--predictions",
                same,
                "--json",
                same);
        assertCvRefused(USAGE, "--valid must be a share of the rows from 0 to 0.5, got 0.7", data, "--valid", 0.7);
    }

    // Models

    @Test
    void noModelFile() throws IOException {
        Path data = file("line.csv", line(3));
        assertRefused(DATA, "There is no model file nothing.refract", "predict", "nothing.refract", data);
    }

    @Test
    void notAModel() throws IOException {
        Path data = file("line.csv", line(3));
        assertRefused(
                DATA,
                data
                        + " is not a Refract model, or is damaged: it does not start with the length of a header. Train the "
                        + "model again, or copy the file again from where it came",
                "inspect",
                data);
    }

    @Test
    void truncatedModel() throws IOException {
        Path model = trained();
        byte[] bytes = Files.readAllBytes(model);
        Path cut = folder.resolve("cut.refract");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length - 100));
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long numbers = bytes.length - 8 - header;
        assertRefused(
                DATA,
                cut + " is not a Refract model, or is damaged: it ends after " + (numbers - 100) + " of " + numbers
                        + " bytes of numbers. Train the model again, or copy the file again from where it came",
                "inspect",
                cut);
    }

    @Test
    void flippedModel() throws IOException {
        Path model = trained();
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 10] ^= 4;
        Files.write(model, bytes);
        assertRefused(
                DATA,
                model
                        + " is not a Refract model, or is damaged: its numbers do not match their checksum. Train the model "
                        + "again, or copy the file again from where it came",
                "inspect",
                model);
    }

    @Test
    void modelOfANewerVersion() throws IOException {
        String header = "{\"__metadata__\":{\"refract.manifest\":\"{\\\"format\\\":99}\"}}";
        Path model = folder.resolve("new.refract");
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                model,
                bytes.putLong(header.length())
                        .put(header.getBytes(StandardCharsets.UTF_8))
                        .array());
        assertRefused(
                DATA,
                model + " has format 99; this version of Refract reads formats up to 1. Use a newer Refract",
                "inspect",
                model);
    }

    @Test
    void dataWithoutTheColumnsOfTheModel() throws IOException {
        Path model = trained();
        Path data = file("other.csv", "X,z\n1,2\n");
        assertRefused(
                DATA,
                data
                        + ": a column the model needs is absent: 'x' (did you mean 'X'?). Remedy: rename or add it; single "
                        + "cells may be empty",
                "predict",
                model,
                data);
    }

    @Test
    void dataThatDoNotFitTheColumnsOfTheModel() throws IOException {
        Path model = trained();
        Path data = file("words.csv", "x\n1\nmany\n");
        Path output = folder.resolve("out.csv");
        assertRefused(
                DATA,
                data + ", line 3 (data row 1), column 'x': found \"many\", wanted a finite number. Remedy: correct the "
                        + "cell, or leave it empty if the value is missing",
                "predict",
                model,
                data,
                "-o",
                output);
        assertThat(output).doesNotExist();
        assertThat(folder.toFile().list()).noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void aClassThatTrainingDidNotHave() throws IOException {
        Path data = file("ab.csv", "x,y\n" + "1.5,a\n2.5,b\n4,b\n".repeat(10));
        Path model = folder.resolve("ab.refract");
        assertThat(Cli.run("train", data, "--target", "y", "--model", model).code())
                .isZero();
        Path test = file("abc.csv", "x,y\n1.5,a\n3.5,c\n");
        assertRefused(
                DATA,
                test
                        + ", data row 1, column 'y': found the class \"c\", which did not occur in training, wanted one of "
                        + "'a', 'b'. Remedy: correct the label, or train again with rows of that class",
                "evaluate",
                model,
                test);
    }

    @Test
    void aRowThatIsNotThere() throws IOException {
        Path model = trained();
        Path data = folder.resolve("line.csv");
        assertRefused(
                DATA,
                data + ": there is no data row 40, the rows are 0 to 39. Remedy: choose another --row",
                "explain",
                model,
                data,
                "--row",
                40);
    }

    // Outputs

    @Test
    void outputsThatCannotBeWritten() throws IOException {
        Path data = file("line.csv", line(30));
        Path nowhere = folder.resolve("no/such/folder/out");
        String reason =
                nowhere + " could not be written: the folder does not exist. Name another file, or make room and "
                        + "allow writing there";
        assertRefused(DATA, reason, "train", data, "--target", "y", "--model", nowhere);
        assertRefused(
                DATA,
                reason,
                "train",
                data,
                "--target",
                "y",
                "--model",
                folder.resolve("m.refract"),
                "--json",
                nowhere);
        assertThat(folder.resolve("m.refract")).doesNotExist();
        assertRefused(DATA, reason, "predict", trained(), data, "-o", nowhere);
        assertRefused(
                DATA, folder + " is a directory. Name a file in it", "train", data, "--target", "y", "--model", folder);
        String words = "- is standard output, which is for words here. Name a file";
        assertRefused(DATA, words, "train", data, "--target", "y", "--model", "-");
        assertThat(Path.of("-")).doesNotExist();
    }

    @Test
    void aFileThatIsNoModelIsNotOverwritten() throws IOException {
        Path data = file("line.csv", line(30));
        assertRefused(
                DATA,
                data + " exists and is no Refract model. Name another file with --model, or remove it",
                "train",
                data,
                "--target",
                "y",
                "--model",
                data);
        assertThat(data).hasContent(line(30));
        Path model = trained();
        byte[] before = Files.readAllBytes(model);
        assertThat(Cli.run("train", data, "--target", "y", "--ridge", 1, "--model", model)
                        .code())
                .isZero();
        assertThat(Files.readAllBytes(model)).as("a model may be replaced").isNotEqualTo(before);
    }

    // Options

    @Test
    void optionsThatContradictEachOther() throws IOException {
        Path data = file("line.csv", line(30));
        assertTrainRefused(
                USAGE,
                "Options contradict each other: --split and --valid both say which rows choose the model; give one of them",
                data,
                "--target",
                "y",
                "--split",
                "a.csv",
                "--valid",
                0.2);
        assertTrainRefused(
                USAGE,
                "Options contradict each other: --norm is for --kernel lpq; --mix is for --kernel sum-power; --power is "
                        + "for --kernel sum-power; --class-coding is for classification, not for --task regression; --score "
                        + "brier is for classification, not for --task regression",
                data,
                "--target",
                "y",
                "--task",
                "regression",
                "--norm",
                1,
                "--mix",
                0.1,
                "--power",
                3,
                "--class-coding",
                "prevalence",
                "--score",
                "brier");
        assertTrainRefused(
                USAGE,
                "Options contradict each other: --loss logistic is for classification, not for --task regression; "
                        + "--class-coding is for --loss squared, not for --loss logistic; --class-coding is for "
                        + "classification, not for --task regression",
                data,
                "--target",
                "y",
                "--task",
                "regression",
                "--loss",
                "logistic",
                "--class-coding",
                "zero-one");
        assertTrainRefused(
                DATA,
                data
                        + ", column 'y': the target is predicted as a number, and the logistic loss is for classes. Remedy: "
                        + "leave out --loss, or add --task classification",
                data,
                "--target",
                "y",
                "--loss",
                "logistic");
        assertTrainRefused(
                USAGE,
                "Options contradict each other: --class-coding logit is what --loss logistic takes; give that",
                data,
                "--target",
                "y",
                "--class-coding",
                "logit");
        assertTrainRefused(
                USAGE,
                "Column 'y' is named both target and ignored; name it once",
                data,
                "--target",
                "y",
                "--ignore",
                "y");
        Path same = folder.resolve("refused.refract");
        assertTrainRefused(
                USAGE,
                "Options contradict each other: --json and --model name the same file " + same,
                data,
                "--target",
                "y",
                "--json",
                same);
        assertRefused(
                USAGE, "A row is explained with both DATA and --row N; --row is not given", "explain", trained(), data);
        assertRefused(
                USAGE,
                "--proba is for classification; " + trained() + " predicts numbers",
                "predict",
                trained(),
                data,
                "--proba");
        assertTrainRefused(
                USAGE,
                "Delimiter and quote are both \";\"; they must differ. Change --delimiter or --quote",
                data,
                "--target",
                "y",
                "--delimiter",
                ";",
                "--quote",
                ";");
    }

    @Test
    void optionsOutOfRangeAreNamedTogether() throws IOException {
        assertTrainRefused(
                USAGE,
                "Invalid options: --exponent must be above 0 and at most 2, got 3.0; --ridge must be between 0 and 1e9, got "
                        + "-1.0; --iterations must be between 0 and 1000, got -2; --early-stop must be at least 1, got 0.5; "
                        + "--leaf-size must be at least 2, got 1; --overlap must be at least 0 and below 0.25, got 0.5; "
                        + "--trees must be between 1 and 1000, got 0",
                file("line.csv", line(30)),
                "--target",
                "y",
                "--exponent",
                3,
                "--ridge",
                -1,
                "--iterations",
                -2,
                "--early-stop",
                0.5,
                "--leaf-size",
                1,
                "--overlap",
                0.5,
                "--trees",
                0);
        assertTrainRefused(
                USAGE,
                "--valid must be a file, or a share of the rows from 0 to 0.5, got 0.7",
                folder.resolve("line.csv"),
                "--target",
                "y",
                "--valid",
                0.7);
        assertTrainRefused(
                USAGE,
                "--threads must be at least 1, got 0",
                folder.resolve("line.csv"),
                "--target",
                "y",
                "--threads",
                0);
    }

    @Test
    void factIsForEuclideanDistances() throws IOException {
        assertTrainRefused(
                USAGE,
                "Invalid options: --moment fact needs a kernel of Euclidean distance (l2), got l1 with norm 1.0",
                file("line.csv", line(30)),
                "--target",
                "y",
                "--kernel",
                "l1",
                "--moment",
                "fact");
    }

    /** Words the command line itself does not understand come with a pointer to the help. */
    @Test
    void wordsThatMeanNothing() throws IOException {
        Path data = file("line.csv", line(30));
        String hint = "Try 'refract train --help'.\n";
        assertThat(Cli.run("train", data).err()).isEqualTo("refract: Missing required option: '--target=COL'\n" + hint);
        assertThat(Cli.run("train", data, "--target", "y", "--kernel", "rbf").err())
                .isEqualTo("refract: Invalid value for option '--kernel': There is no kernel 'rbf'; there are l2, lpq, "
                        + "l1, sum-power, ntk and nngp\n" + hint);
        assertThat(Cli.run("train", data, "--target", "y", "--kernel", "ntk", "--activation", "tanh")
                        .err())
                .isEqualTo(
                        "refract: Invalid value for option '--activation': There is no activation 'tanh'; there are relu, "
                                + "leaky-relu:SLOPE, erf, sine:A and polynomial:C0,C1,...\n" + hint);
        assertThat(Cli.run(
                                "train",
                                data,
                                "--target",
                                "y",
                                "--kernel",
                                "nngp",
                                "--activation",
                                "sine:500",
                                "--layers",
                                "3")
                        .err())
                .startsWith("refract: ")
                .contains(
                        "--layers must be fewer for activation sine:500.0, under which 3 are steeper than 1000000 at equal "
                                + "points");
        assertThat(Cli.run("train", data, "--target", "y", "--metric", "half").err())
                .isEqualTo("refract: Invalid value for option '--metric': There is no metric form 'half'; there are "
                        + "auto, full and diag\n" + hint);
        assertThat(Cli.run("train", data, "--target", "y", "--moment", "nfa").err())
                .isEqualTo(
                        "refract: Invalid value for option '--moment': There is no moment 'nfa'; there are agop, fact "
                                + "and fact-geometric\n" + hint);
        assertThat(Cli.run("train", data, "--target", "y", "--score", "mape").err())
                .isEqualTo("refract: Invalid value for option '--score': There is no score 'mape'; there are mse, "
                        + "mae, brier, log-loss, accuracy, auc and f1\n" + hint);
        assertThat(Cli.run("train", data, "--target", "y", "--memory", "lots").err())
                .isEqualTo("refract: Invalid value for option '--memory': found 'lots', wanted a whole number with a "
                        + "unit, such as 500m or 4g\n" + hint);
        assertThat(Cli.run("train", data, "--target", "y", "--time-limit", "soon")
                        .err())
                .isEqualTo("refract: Invalid value for option '--time-limit': found 'soon', wanted a time above zero, "
                        + "such as 60s, 5m or 1h30m\n" + hint);
        Cli.Result unknown = Cli.run("train", data, "--target", "y", "--rigde", "1");
        assertThat(unknown.code()).isEqualTo(USAGE);
        assertThat(unknown.err())
                .startsWith("refract: Unknown options: '--rigde', '1'\n")
                .contains("--ridge")
                .endsWith(hint);
        assertThat(Cli.run("trian").err())
                .startsWith("refract: Unmatched argument at index 0: 'trian'\n")
                .contains("train");
        assertThat(Cli.run().code()).isEqualTo(USAGE);
        assertThat(Cli.run().err()).contains("Usage: refract");
    }

    // Memory

    @Test
    void moreMemoryNeededThanGiven() throws IOException {
        Cli.Result result = Cli.run(
                "train",
                file("line.csv", line(3000)),
                "--target",
                "y",
                "--memory",
                "1m",
                "--model",
                folder.resolve("m"));
        assertThat(result.code()).isEqualTo(MEMORY);
        // The number, and the mean target of its interval.
        assertThat(result.err())
                .matches(
                        "refract: Fitting 3000 rows x 2 columns with 1 output needs \\d+\\.\\d MiB of memory even in leaves of "
                                + "\\d+ rows; 819\\.2 KiB are allowed\\. Allow more memory, or use fewer rows or columns\n");
        assertThat(folder.resolve("m")).doesNotExist();
    }

    @Test
    void moreMemoryGivenThanTheJvmMayTake() throws IOException {
        String heap =
                String.format(Locale.ROOT, "%.1f GiB", Runtime.getRuntime().maxMemory() / (double) (1 << 30));
        assertTrainRefused(
                USAGE,
                "--memory 9.0 TiB is more than the " + heap
                        + " this JVM may take. Start Refract by its launcher, which raises "
                        + "that, or add -Xmx9437184m to the java command",
                file("line.csv", line(30)),
                "--target",
                "y",
                "--memory",
                "9t");
    }
}
