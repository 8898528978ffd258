package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TableSourceTest {
    @TempDir
    Path dir;

    private static String content(TableSource source) throws IOException {
        try (InputStream in = source.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aFileOpensAnyNumberOfTimes() throws IOException {
        Path file = Files.writeString(dir.resolve("a.csv"), "x\n1\n");
        try (TableSource source = TableSource.of(file)) {
            assertThat(content(source)).isEqualTo("x\n1\n");
            assertThat(content(source)).isEqualTo("x\n1\n");
            assertThat(source.name()).isEqualTo(file.toString());
        }
    }

    @Test
    void gzipIsRecognisedByContentAndNotByName() throws IOException {
        Path packed = Files.write(dir.resolve("packed.csv"), Samples.gzip("x\n1\n"));
        Path plain = Files.writeString(dir.resolve("plain.csv.gz"), "x\n2\n");
        assertThat(content(TableSource.of(packed))).isEqualTo("x\n1\n");
        assertThat(content(TableSource.of(plain))).isEqualTo("x\n2\n");
    }

    @Test
    void aStreamIsReadOnceUnlessItIsKept() throws IOException {
        TableSource source =
                TableSource.of("stream", new ByteArrayInputStream("x\n1\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(content(source)).isEqualTo("x\n1\n");
        assertThatThrownBy(source::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("stream is a stream and was read already; it can be read once");
    }

    @Test
    void aKeptStreamCanBeReadAgainAndLeavesNothingBehind() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        long before = spools(temporary);
        try (TableSource source = Samples.source(Samples.gzip("x\n1\n"))) {
            source.keepForAnotherPass();
            source.keepForAnotherPass();
            assertThat(content(source)).isEqualTo("x\n1\n");
            assertThat(content(source)).isEqualTo("x\n1\n");
        }
        assertThat(spools(temporary)).isEqualTo(before);
    }

    @Test
    void theLengthIsThatOfWhatIsStored() throws IOException {
        byte[] packed = Samples.gzip("x\n1\n");
        Path file = Files.write(dir.resolve("packed.csv"), packed);
        assertThat(TableSource.of(file).bytes()).isEqualTo(packed.length);
        try (TableSource source = Samples.source(packed)) {
            assertThat(source.bytes()).as("not read yet").isZero();
            source.keepForAnotherPass();
            assertThat(source.bytes()).isEqualTo(packed.length);
        }
        Path absent = dir.resolve("absent.csv");
        assertThatThrownBy(() -> TableSource.of(absent).bytes()).isInstanceOf(DataException.class);
    }

    private static long spools(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".spool"))
                    .count();
        }
    }

    @Test
    void readingForPredictionKeepsNoCopy() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        long before = spools(temporary);
        Schema schema = Schema.of(Samples.table("x\n1\n2\n"));
        try (RowReader reader = RowReader.open(Samples.source("x\n7\n"), CsvOptions.defaults(), schema)) {
            assertThat(reader.next().rows()).isEqualTo(1);
            assertThat(spools(temporary)).isEqualTo(before);
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void namedPipesAreReadOnce() throws Exception {
        Path pipe = dir.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writer = new Thread(() -> {
            try {
                Files.writeString(pipe, "x\n1\n2\n4\n", StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        assertThat(Table.read(pipe).rows()).isEqualTo(3);
        writer.join();
    }

    @Test
    void dashMeansStandardInput() {
        assertThat(TableSource.of("-").name()).isEqualTo("standard input");
        assertThat(TableSource.of("a.csv").name()).isEqualTo("a.csv");
    }

    @Test
    void aMissingFileIsNamedAsItWasWritten() {
        assertThatThrownBy(() -> Table.read(Path.of("no-such.csv")))
                .isInstanceOf(DataException.class)
                .hasMessage("no-such.csv: there is no such file. Remedy: check the path (it was looked for in "
                        + Path.of("").toAbsolutePath() + ")");
        Path absolute = dir.resolve("absent.csv");
        assertThatThrownBy(() -> Table.read(absolute))
                .hasMessage(absolute + ": there is no such file. Remedy: check the path");
    }

    @Test
    void aDirectoryIsRefused() {
        assertThatThrownBy(() -> Table.read(dir))
                .isInstanceOf(DataException.class)
                .hasMessage(dir + ": this is a directory. Remedy: name a file in it");
    }

    @Test
    void truncatedGzipIsNamed() {
        byte[] whole = Samples.gzip(Samples.column("x", 5000, i -> String.valueOf(i * 7919 % 10007)));
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        assertThatThrownBy(() -> read(half))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv: the gzip data end too early. Remedy: copy or compress the file again");
    }

    @Test
    void damagedGzipIsNamed() {
        byte[] damaged = Samples.gzip(Samples.column("x", 5000, i -> String.valueOf(i * 7919 % 10007)));
        damaged[damaged.length - 6] ^= 1;
        assertThatThrownBy(() -> read(damaged))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv: the gzip data are damaged (Corrupt GZIP trailer). "
                        + "Remedy: copy or compress the file again");
    }

    private static void read(byte[] bytes) {
        try (TableSource source = Samples.source(bytes)) {
            Table.read(source, CsvOptions.defaults(), ColumnOptions.defaults());
        }
    }
}
