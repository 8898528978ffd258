package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRowsTest {

    private static List<List<String>> rows(TableSource source, CsvOptions options) {
        List<List<String>> result = new ArrayList<>();
        try (CsvRows rows = CsvRows.open(source, options)) {
            result.add(rows.header());
            while (rows.next()) {
                List<String> cells = new ArrayList<>();
                for (int j = 0; j < rows.row().fields(); j++) {
                    cells.add(rows.row().text(j));
                }
                result.add(cells);
            }
        }
        return result;
    }

    private static List<List<String>> rows(String text) {
        return rows(Samples.source(text), CsvOptions.defaults());
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> rows(text)).isInstanceOf(DataException.class).hasMessage(message);
    }

    @Test
    void readsCellsTrimmed() {
        assertThat(rows("a, b ,c\n 1,two words , \n"))
                .containsExactly(List.of("a", "b", "c"), List.of("1", "two words", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,b\n1,2\n3,4\n",
                "a,b\r\n1,2\r\n3,4\r\n",
                "a,b\r1,2\r3,4",
                "\n\na,b\n\n1,2\n   \n3,4",
                "\uFEFFa,b\n1,2\n3,4"
            })
    void lineEndsBlankLinesAndByteOrderMarksDoNotMatter(String text) {
        assertThat(rows(text)).containsExactly(List.of("a", "b"), List.of("1", "2"), List.of("3", "4"));
    }

    @Test
    void quotedCellsMayHoldDelimitersQuotesAndLineBreaks() {
        assertThat(rows("\"a\",b\n\"x,y\", \"say \"\"hi\"\"\"\n\"two\nlines\",5\" pipe\n"))
                .containsExactly(List.of("a", "b"), List.of("x,y", "say \"hi\""), List.of("two\nlines", "5\" pipe"));
    }

    @Test
    void findsTheDelimiterInTheHeader() {
        Map<String, Character> expected =
                Map.of("a,b", ',', "a;b", ';', "a\tb", '\t', "a|b", '|', "a", ',', "a;b,c;d", ';', "\"x;y;z\",b", ',');
        expected.forEach((header, delimiter) -> {
            try (CsvRows rows = CsvRows.open(Samples.source("\n" + header + "\n"), CsvOptions.defaults())) {
                assertThat(rows.delimiter()).as(header).contains(delimiter);
            }
        });
    }

    @Test
    void aGivenDelimiterIsNotDoubted() {
        assertThat(rows(Samples.source("a;b,c\n1;2,3\n"), CsvOptions.defaults().withDelimiter(',')))
                .containsExactly(List.of("a;b", "c"), List.of("1;2", "3"));
    }

    @Test
    void anotherQuoteCanBeGiven() {
        assertThat(rows(Samples.source("a,b\n'x,y',1\n"), CsvOptions.defaults().withQuote('\'')))
                .containsExactly(List.of("a", "b"), List.of("x,y", "1"));
    }

    @Test
    void readsOtherEncodings() {
        TableSource latin = Samples.source("größe\n1\n", StandardCharsets.ISO_8859_1);
        assertThat(rows(latin, CsvOptions.defaults().withCharset(StandardCharsets.ISO_8859_1)))
                .containsExactly(List.of("größe"), List.of("1"));
        TableSource wide = Samples.source("größe\n1\n", StandardCharsets.UTF_16);
        assertThat(rows(wide, CsvOptions.defaults().withCharset(StandardCharsets.UTF_16)))
                .containsExactly(List.of("größe"), List.of("1"));
        TableSource japanese = Samples.source("名前\n1\n", Charset.forName("ISO-2022-JP"));
        assertThat(rows(japanese, CsvOptions.defaults().withCharset(Charset.forName("ISO-2022-JP"))))
                .containsExactly(List.of("名前"), List.of("1"));
    }

    @Test
    void decodesAcrossTheBordersOfItsBuffers() {
        String cell = "äöü€𝄞".repeat(20_000);
        assertThat(rows("a,b\n" + cell + ",1\n").get(1)).containsExactly(cell, "1");
    }

    @Test
    void wrongEncodingNamesTheLine() {
        byte[] bytes = "a,b\n1,2\n1,gr\u00f6\u00dfe\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> rows(Samples.source(bytes), CsvOptions.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessage("data.csv, line 3: found bytes that are not valid UTF-8. Remedy: name the encoding of the "
                        + "file, often --encoding ISO-8859-1, or save it as UTF-8");
    }

    @Test
    void wrongEncodingFarDownNamesTheLine() {
        byte[] bytes =
                (Samples.column("a", 100_000, String::valueOf) + "\u00e9\n").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> rows(Samples.source(bytes), CsvOptions.defaults()))
                .hasMessageStartingWith("data.csv, line 100002: found bytes that are not valid UTF-8.");
    }

    @Test
    void bytesCutInsideACharacterAreInvalid() {
        byte[] bytes = {'a', '\n', '1', (byte) 0xc3};
        assertThatThrownBy(() -> rows(Samples.source(bytes), CsvOptions.defaults()))
                .hasMessageStartingWith("data.csv, line 2: found bytes that are not valid UTF-8.");
    }

    @Test
    void bytesInvalidInTheGivenEncodingAskForTheRightOne() {
        assertThatThrownBy(() ->
                        rows(Samples.source("a\né\n"), CsvOptions.defaults().withCharset(StandardCharsets.US_ASCII)))
                .hasMessage(
                        "data.csv, line 2: found bytes that are not valid US-ASCII. Remedy: name the right encoding "
                                + "with --encoding");
    }

    @Test
    void utf16WithoutBeingToldIsRecognised() {
        assertThatThrownBy(() -> rows(Samples.source("a\n1\n", StandardCharsets.UTF_16), CsvOptions.defaults()))
                .hasMessage("data.csv: this file is written in UTF-16. Remedy: add --encoding UTF-16");
    }

    @Test
    void workbooksAreRecognised() {
        byte[] zip = {'P', 'K', 3, 4, 20, 0};
        assertThatThrownBy(() -> rows(Samples.source(zip), CsvOptions.defaults()))
                .hasMessage("data.csv: this is a zip archive or an Excel workbook. "
                        + "Remedy: export the table as CSV and pass that");
    }

    @Test
    void nulBytesAreRefused() {
        assertRefused(
                "a\r\n1\r\n\u0000\r\n",
                "data.csv, line 3: found a NUL byte, which text files do not contain. "
                        + "Remedy: pass a CSV file; if this is one in UTF-16, add --encoding UTF-16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "\uFEFF", " \n"})
    void emptyFilesAreRefused(String text) {
        assertRefused(text, "data.csv: the file is empty. Remedy: pass a file with a header line and data rows");
    }

    @Test
    void aHeaderAloneIsRefused() {
        assertRefused(
                "a,b\n\n", "data.csv: there is a header but no data row below it. Remedy: pass a file with data rows");
    }

    @Test
    void shortAndLongRowsAreRefused() {
        assertRefused(
                "a,b,c\n1,2,3\n\n1,2\n",
                "data.csv, line 4 (data row 1): found 2 cells, wanted 3 as in the header. Remedy: put \" around cells "
                        + "that contain \",\", and leave no cell out");
        assertRefused(
                "a;b\n\"x\ny\";2\n1;2;3\n",
                "data.csv, line 4 (data row 1): found 3 cells, wanted 2 as in the header. Remedy: put \" around cells "
                        + "that contain \";\", and leave no cell out");
    }

    @Test
    void columnNamesMustBeThereAndDiffer() {
        assertRefused(
                "a,b,a\n1,2,3\n",
                "data.csv, line 1: the column name 'a' appears twice, in columns 1 and 3. Remedy: rename one of them; "
                        + "if this line holds data, put a header line above it");
        assertRefused(
                "a,,c\n1,2,3\n",
                "data.csv, line 1: column 2 of 3 has no name. Remedy: name every column in the header");
        assertRefused(
                ",b\n1,2\n",
                "data.csv, line 1: column 1 of 2 has no name. Remedy: name every column in the header; an unnamed first "
                        + "column is often a row index, then leave it out of the file");
    }

    @Test
    void quotesMustBeClosed() {
        assertRefused(
                "a,b\n1,2\n1,\"two\n3,4\n5,6\n",
                "data.csv, line 3: a quote opened in the row that starts here is never closed. "
                        + "Remedy: close the quote, or double it if it belongs to the text of a quoted cell");
    }

    @Test
    void nothingMayFollowAClosingQuote() {
        assertRefused(
                "a,b\n1,\"two\"x\n",
                "data.csv, line 2: text follows the closing quote of a cell in the row that starts here. "
                        + "Remedy: double the quotes that belong to the text of the cell");
    }

    @Test
    void endlessCellsAreRefused() {
        assertRefused(
                "a,b\n1,\"" + "x".repeat(17_000_000),
                "data.csv, line 2: a cell in the row that starts here is longer than 16 million characters. "
                        + "Remedy: look for a quote that is opened there and never closed");
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> CsvOptions.defaults().withDelimiter('"'))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Delimiter and quote are both \"\"\"; they must differ");
        assertThatThrownBy(() -> CsvOptions.defaults().withDelimiter('\n'))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The delimiter cannot be a line break");
    }
}
