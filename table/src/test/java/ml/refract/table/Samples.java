package ml.refract.table;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Small tables for tests, under the name data.csv. */
final class Samples {
    private Samples() {}

    static TableSource source(String text) {
        return source(text.getBytes(StandardCharsets.UTF_8));
    }

    static TableSource source(String text, Charset charset) {
        return source(text.getBytes(charset));
    }

    static TableSource source(byte[] bytes) {
        return TableSource.of("data.csv", new ByteArrayInputStream(bytes));
    }

    static Table table(String text) {
        return table(text, ColumnOptions.defaults());
    }

    static Table table(String text, ColumnOptions options) {
        try (TableSource source = source(text)) {
            return Table.read(source, CsvOptions.defaults(), options);
        }
    }

    /** A file of one column. */
    static String column(String name, int rows, IntFunction<String> cell) {
        return IntStream.range(0, rows).mapToObj(cell).collect(Collectors.joining("\n", name + "\n", "\n"));
    }

    static byte[] gzip(String text) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static Path golden(String name) {
        try {
            return Path.of(Objects.requireNonNull(Samples.class.getResource("/golden/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
