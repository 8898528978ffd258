package ml.refract.bench;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Test scores of other methods, read from {@code peer_results.csv}. */
final class PeerResults {
    /** Names of our scores for columns of the file. */
    private static final Map<String, String> SCORES = Map.of(
            "rmse",
            "rmse",
            "r2",
            "r2",
            "mae",
            "mae",
            "accuracy",
            "accuracy",
            "logloss",
            "logLoss",
            "auc",
            "auc",
            "brier",
            "brier");

    private final Map<String, Map<String, Double>> byKey = new LinkedHashMap<>();
    private final Map<String, Set<String>> methods = new LinkedHashMap<>();

    static PeerResults read(Path folder) {
        PeerResults results = new PeerResults();
        try (CsvReader<NamedCsvRecord> reader =
                CsvReader.builder().ofNamedCsvRecord(folder.resolve("peer_results.csv"))) {
            for (NamedCsvRecord row : reader) {
                Map<String, Double> scores = new LinkedHashMap<>();
                SCORES.forEach((column, score) -> {
                    String text = row.getField(column);
                    if (!text.isEmpty() && !text.equals("nan")) {
                        scores.put(score, Double.valueOf(text));
                    }
                });
                String method = row.getField("method");
                String set = row.getField("dataset");
                results.byKey.put(key(set, Integer.parseInt(row.getField("seed")), method), scores);
                results.methods
                        .computeIfAbsent(set, name -> new java.util.LinkedHashSet<>())
                        .add(method);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return results;
    }

    private static String key(String set, int seed, String method) {
        return set + '\0' + seed + '\0' + method;
    }

    /** A method's score on one split, NaN when it was not measured. */
    double score(String set, int seed, String method, String score) {
        return byKey.getOrDefault(key(set, seed, method), Map.of()).getOrDefault(score, Double.NaN);
    }

    /** The methods measured on a set. */
    List<String> methods(String set) {
        return new ArrayList<>(methods.getOrDefault(set, Set.of()));
    }
}
