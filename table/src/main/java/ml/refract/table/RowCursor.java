package ml.refract.table;

import java.util.List;
import java.util.Optional;

/** Rows of text cells, one after the other, under a header of distinct names. */
interface RowCursor extends AutoCloseable {

    /** What messages call the origin of the rows. */
    String source();

    List<String> header();

    /** The character between cells, if the rows come from text. */
    Optional<Character> delimiter();

    /** Moves to the next row; every row has as many cells as the header. */
    boolean next();

    /** The present row; its contents change with {@link #next}. */
    Row row();

    @Override
    void close();
}
