package ml.refract.bench;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Test scores and times of methods on splits, one run a row of files that name their columns as {@code peer_results.csv} does. */
final class Results {
    private final Map<Key, Row> byKey = new LinkedHashMap<>();

    /** What is measured once. */
    record Key(String set, int seed, String method) {}

    /** One run. */
    record Row(Key key, Map<String, String> fields) {
        /** The text of a column, empty when the file does not have it. */
        String text(String column) {
            return fields.getOrDefault(column, "");
        }

        /** The number of a column, NaN when there is none. */
        double number(String column) {
            String text = text(column);
            return text.isEmpty() || text.equals("nan") ? Double.NaN : Double.parseDouble(text);
        }
    }

    private Results() {}

    /** All rows of some files, in their order. */
    static Results read(Path... files) {
        Results results = new Results();
        for (Path file : files) {
            try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(file)) {
                for (NamedCsvRecord row : reader) {
                    Key key = new Key(
                            row.getField("dataset"), Integer.parseInt(row.getField("seed")), row.getField("method"));
                    results.byKey.put(key, new Row(key, row.getFieldsAsMap()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return results;
    }

    /** The scores of the other implementations. */
    static Path peers(Path data) {
        return data.resolve("peer_results.csv");
    }

    Stream<Row> rows() {
        return byKey.values().stream();
    }

    Optional<Row> find(Key key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /** A number of one run, NaN when it was not measured. */
    double number(Key key, String column) {
        return find(key).map(row -> row.number(column)).orElse(Double.NaN);
    }

    /** Methods with a row, in the order they first appear. */
    List<String> methods() {
        return rows().map(row -> row.key().method()).distinct().toList();
    }

    /** Seeds for which every one of some methods has a number. */
    List<Integer> seeds(String set, String column, String... methods) {
        return rows().filter(row -> row.key().set().equals(set))
                .map(row -> row.key().seed())
                .distinct()
                .sorted()
                .filter(seed -> Arrays.stream(methods)
                        .noneMatch(method -> Double.isNaN(number(new Key(set, seed, method), column))))
                .toList();
    }
}
