package ml.refract.table;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a table comes from; tables made from it share this.
 *
 * @param source what messages call it
 * @param delimiter the character between its cells, if it is text
 * @param missingTokens the texts taken as missing
 * @param reports what was found in its columns; empty when types were not inferred
 */
record TableOrigin(
        String source, Optional<Character> delimiter, Set<String> missingTokens, List<ColumnReport> reports) {
    TableOrigin {
        reports = List.copyOf(reports);
    }
}
