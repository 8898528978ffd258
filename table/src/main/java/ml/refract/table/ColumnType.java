package ml.refract.table;

/**
 * What a column is taken for. Inference looks at every row and applies these rules, the first that fits; "all" always
 * means all cells that are not missing.
 *
 * <ol>
 *   <li>What the caller says of a column ({@link ColumnOptions}) goes first.
 *   <li>No cell filled: {@link #CONSTANT}.
 *   <li>All the same and none missing: {@link #CONSTANT}.
 *   <li>All are decimal numbers: {@link #IDENTIFIER} when they are integers that either count up by one from row to
 *       row (20 rows or more) or never repeat under a name like {@code id}; integers that a double cannot hold exactly
 *       are {@link #IDENTIFIER} when more than 90 % are distinct, else {@link #CATEGORICAL}; {@link #NUMERIC}
 *       otherwise. A spelled-out infinity among numbers is an error.
 *   <li>All are dates or times of one {@link DateKind}: {@link #DATE_TIME}. When days and months cannot be told apart,
 *       that is an error.
 *   <li>All are numbers, some with a decimal comma or commas between thousands: an error.
 *   <li>At least 90 % (of 20 cells or more) are numbers, or dates, and the rest is not: an error, because the rest is
 *       most likely a typing mistake or a missing token.
 *   <li>All are from one of the pairs true/false, yes/no, t/f, y/n in any case: {@link #BOOLEAN}.
 *   <li>None repeats, under a name like {@code id}: {@link #IDENTIFIER}. A name is like {@code id} when one of its words
 *       is id, uuid, guid, key or identifier.
 *   <li>Of 20 cells or more, over 90 % distinct, or over 50 % distinct and longer than 60 characters on average:
 *       {@link #TEXT}.
 *   <li>The rest: {@link #CATEGORICAL}.
 * </ol>
 *
 * <p>A target column is never ignored: it becomes numeric or categorical where these rules would leave it out.
 * A column named as group is {@link #IGNORED}, unless its type is given too.
 */
public enum ColumnType {
    /** Finite numbers. */
    NUMERIC,
    /** Two words of opposite meaning, or one of them and missing cells; treated as a categorical column. */
    BOOLEAN,
    /** One of several levels. */
    CATEGORICAL,
    /** A date, a time, or both. */
    DATE_TIME,
    /** Free text; not used. */
    TEXT,
    /** A name or number of the row itself; not used. */
    IDENTIFIER,
    /** No information; not used. */
    CONSTANT,
    /** Left out because the caller said so. */
    IGNORED;

    /** Whether columns of this type are loaded and can be inputs of a model. */
    public boolean isUsed() {
        return switch (this) {
            case NUMERIC, BOOLEAN, CATEGORICAL, DATE_TIME -> true;
            case TEXT, IDENTIFIER, CONSTANT, IGNORED -> false;
        };
    }

    boolean hasLevels() {
        return this == BOOLEAN || this == CATEGORICAL;
    }
}
