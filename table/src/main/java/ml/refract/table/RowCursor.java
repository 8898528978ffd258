package ml.refract.table;

import java.util.List;

/** Rows of text cells, one after the other, under a header of distinct names. */
interface RowCursor extends AutoCloseable {

    /** What messages call the origin of the rows. */
    String source();

    List<String> header();

    /** Moves to the next row; every row has as many cells as the header. */
    boolean next();

    /** The present row; its contents change with {@link #next}. */
    Row row();

    @Override
    void close();
}
