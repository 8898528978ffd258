package ml.refract.table;

/**
 * A problem in the data: a file that cannot be read, a row that does not fit, a cell that cannot be understood.
 *
 * <p>The message is meant for the person who owns the data. It names the file as the caller wrote it, the place (a
 * 1-based file line, a 0-based data row, a column), what was found, what was wanted, and the remedy. Wrong arguments
 * of the calling program are {@link IllegalArgumentException}s instead.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DataException(String where, String found, String remedy) {
        super(message(where, found, remedy));
    }

    DataException(String where, String found, String remedy, Throwable cause) {
        super(message(where, found, remedy), cause);
    }

    private DataException(String message, DataException cause) {
        super(message, cause);
    }

    /** This problem, found in a part of a longer work, which the message then begins with. */
    public DataException in(String part) {
        return new DataException(part + ": " + getMessage(), this);
    }

    private static String message(String where, String found, String remedy) {
        return where + ": " + found + ". Remedy: " + remedy;
    }
}
