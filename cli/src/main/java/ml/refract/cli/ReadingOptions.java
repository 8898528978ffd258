package ml.refract.cli;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import ml.refract.table.CsvOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a data file is written. */
final class ReadingOptions {
    @Option(
            names = "--delimiter",
            paramLabel = "C",
            description = "Character between cells, or the word tab. Default: found in the header.")
    @Nullable
    String delimiter;

    @Option(names = "--quote", paramLabel = "C", description = "Character around cells. Default: \".")
    @Nullable
    String quote;

    @Option(names = "--encoding", paramLabel = "NAME", description = "Encoding of the text. Default: UTF-8.")
    @Nullable
    Charset encoding;

    @Option(
            names = "--missing",
            paramLabel = "TOKEN",
            description =
                    "A text that means \"missing\", beside the empty cell and NA, N/A, NaN, nan, null, NULL, None, ?. "
                            + "May be given several times.")
    List<String> missing = new ArrayList<>();

    CsvOptions csv() {
        CsvOptions csv = CsvOptions.defaults();
        try {
            csv = delimiter == null ? csv : csv.withDelimiter(character("--delimiter", delimiter));
            csv = quote == null ? csv : csv.withQuote(character("--quote", quote));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() + ". Change --delimiter or --quote");
        }
        csv = encoding == null ? csv : csv.withCharset(encoding);
        for (String token : missing) {
            csv = csv.plusMissingToken(token);
        }
        return csv;
    }

    private static char character(String option, String text) {
        if (text.equals("tab") || text.equals("\\t")) {
            return '\t';
        }
        if (text.length() != 1) {
            throw new UsageException(option + " must be one character or the word tab, got '" + text + "'");
        }
        return text.charAt(0);
    }
}
