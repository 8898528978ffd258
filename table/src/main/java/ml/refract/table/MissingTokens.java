package ml.refract.table;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** Tells missing cells from others, fast for the many cells that cannot be a token. */
final class MissingTokens {
    private final char[][] tokens;
    private final boolean[] firstChars = new boolean[128];
    private int longest;

    MissingTokens(Collection<String> texts) {
        tokens = texts.stream().map(String::toCharArray).toArray(char[][]::new);
        for (char[] token : tokens) {
            longest = Math.max(longest, token.length);
            if (token.length > 0) {
                firstChars[token[0] & 127] = true;
            }
        }
    }

    /** The tokens as cells are compared with them: trimmed, each once, without the empty one, which always counts. */
    static Set<String> normalised(Collection<String> texts) {
        Set<String> trimmed = new LinkedHashSet<>();
        texts.forEach(text -> trimmed.add(text.trim()));
        trimmed.remove("");
        return Collections.unmodifiableSet(trimmed);
    }

    /** Whether a trimmed cell is empty or one of the tokens. */
    boolean contains(Row row, int field) {
        int start = row.start(field);
        int length = row.end(field) - start;
        if (length == 0) {
            return true;
        }
        char[] chars = row.chars();
        return length <= longest && firstChars[chars[start] & 127] && matches(chars, start, length);
    }

    private boolean matches(char[] chars, int start, int length) {
        for (char[] token : tokens) {
            if (token.length == length && Arrays.equals(chars, start, start + length, token, 0, length)) {
                return true;
            }
        }
        return false;
    }
}
