package ml.refract.table;

import com.google.gson.JsonParser;
import java.util.stream.IntStream;

/** Encoders of small tables for tests. */
final class Encoders {
    private Encoders() {}

    /** All rows. */
    static int[] rows(Table table) {
        return IntStream.range(0, table.rows()).toArray();
    }

    /** Fitted to all rows with the target {@code y}, as for a search. */
    static Encoder searched(Table table) {
        return Encoder.fit(
                table.without("y"),
                TargetColumn.of(table, "y"),
                rows(table),
                EncoderOptions.defaults().withAlternatives(true));
    }

    /** Written to text and read again. */
    static Encoder stored(Encoder encoder) {
        return Encoder.fromJson(
                JsonParser.parseString(encoder.toJson().toString()).getAsJsonObject());
    }

    /** Rows as a model reads them. */
    static Table read(Encoder encoder, String text) {
        try (RowReader reader = RowReader.open(Samples.source(text), CsvOptions.defaults(), encoder.schema())) {
            return reader.next();
        }
    }
}
