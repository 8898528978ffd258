package ml.refract.table;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a delimited text file is written. The first line that is not blank is the header; blank lines are skipped and
 * count neither as rows nor as missing cells.
 *
 * @param delimiter the character between cells, or null to take from comma, semicolon, tab and bar the one that is
 *     most frequent in the header
 * @param quote the character around cells that contain delimiters or line breaks; doubled inside such a cell
 * @param charset the encoding; invalid bytes are an error, a UTF-8 byte order mark is accepted
 * @param missingTokens texts that mean "missing", compared exactly after trimming, quoted or not; an empty cell is
 *     always missing
 */
public record CsvOptions(@Nullable Character delimiter, char quote, Charset charset, Set<String> missingTokens) {
    private static final CsvOptions DEFAULTS = new CsvOptions(
            null,
            '"',
            StandardCharsets.UTF_8,
            new LinkedHashSet<>(List.of("NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")));

    /**
     * Checks the characters and copies the tokens, trimmed.
     *
     * @throws IllegalArgumentException when delimiter and quote are the same, or one of them is a line break
     */
    public CsvOptions {
        requireInline("delimiter", delimiter);
        requireInline("quote", quote);
        if (delimiter != null && delimiter == quote) {
            throw new IllegalArgumentException(
                    "Delimiter and quote are both " + Where.quote(String.valueOf(quote)) + "; they must differ");
        }
        missingTokens = MissingTokens.normalised(missingTokens);
    }

    private static void requireInline(String role, @Nullable Character c) {
        if (c != null && (c == '\n' || c == '\r')) {
            throw new IllegalArgumentException("The " + role + " cannot be a line break");
        }
    }

    /**
     * Delimiter from the header, double quotes, strict UTF-8, and as missing tokens NA, N/A, NaN, nan, null, NULL,
     * None and ?.
     */
    public static CsvOptions defaults() {
        return DEFAULTS;
    }

    /** These options with a fixed delimiter. */
    public CsvOptions withDelimiter(char newDelimiter) {
        return new CsvOptions(newDelimiter, quote, charset, missingTokens);
    }

    /** These options with another quote character. */
    public CsvOptions withQuote(char newQuote) {
        return new CsvOptions(delimiter, newQuote, charset, missingTokens);
    }

    /** These options with another encoding. */
    public CsvOptions withCharset(Charset newCharset) {
        return new CsvOptions(delimiter, quote, newCharset, missingTokens);
    }

    /** These options with other missing tokens in place of the present ones. */
    public CsvOptions withMissingTokens(Collection<String> tokens) {
        return new CsvOptions(delimiter, quote, charset, new LinkedHashSet<>(tokens));
    }

    /** These options with one more missing token. */
    public CsvOptions plusMissingToken(String token) {
        Set<String> tokens = new LinkedHashSet<>(missingTokens);
        tokens.add(token);
        return withMissingTokens(tokens);
    }
}
