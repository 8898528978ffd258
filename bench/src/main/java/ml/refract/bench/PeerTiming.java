package ml.refract.bench;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Times of the reference implementation on the split of seed 0 of a set, a line of {@code peer_timing.csv}.
 *
 * @param set name of the set
 * @param trainingRows rows fitted
 * @param threads threads it used
 * @param fitSeconds time of the fit, without reading and encoding
 * @param predictedRows rows of the test part
 * @param predictSeconds time to predict those, encoded
 * @param testError RMSE or log loss
 */
record PeerTiming(
        String set,
        int trainingRows,
        int threads,
        double fitSeconds,
        int predictedRows,
        double predictSeconds,
        double testError) {

    /** Where they were measured; ratios hold between processors of that generation only. */
    static final String MACHINE = "AMD EPYC of the Zen 5 generation (family 26), one or two cores";

    /** All lines. */
    static List<PeerTiming> read(Path folder) throws IOException {
        List<PeerTiming> timings = new ArrayList<>();
        try (CsvReader<NamedCsvRecord> reader =
                CsvReader.builder().ofNamedCsvRecord(folder.resolve("peer_timing.csv"))) {
            for (NamedCsvRecord row : reader) {
                timings.add(new PeerTiming(
                        row.getField("dataset"),
                        Integer.parseInt(row.getField("n_train")),
                        Integer.parseInt(row.getField("threads")),
                        Double.parseDouble(row.getField("fit_s")),
                        Integer.parseInt(row.getField("predict_rows")),
                        Double.parseDouble(row.getField("predict_s")),
                        Double.parseDouble(row.getField("test_error"))));
            }
        }
        return timings;
    }
}
