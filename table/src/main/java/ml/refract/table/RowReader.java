package ml.refract.table;

import java.io.Closeable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows under a schema in batches, in one pass and in memory that does not depend on the length of the source.
 *
 * <p>Columns are matched by name; their order does not matter, and columns the schema does not have are ignored. The
 * missing tokens are those of the schema, so that a file to predict is read as the training data were; those of the CSV
 * options are not used. Not safe for use by several threads; the batches are.
 */
public final class RowReader implements Iterator<Table>, Closeable {
    /** Rows of a batch unless another number is given. */
    public static final int DEFAULT_BATCH_ROWS = 4096;

    private final CsvRows rows;
    private final BatchLoader loader;
    private final int batchRows;
    private final List<String> ignoredColumns;
    private @Nullable Table ahead;

    private RowReader(CsvRows rows, Schema schema, int batchRows) {
        this.rows = rows;
        this.loader = new BatchLoader(rows, schema, schema.locate(rows.source(), rows.header()));
        this.batchRows = batchRows;
        Set<String> known = Set.copyOf(schema.names());
        this.ignoredColumns =
                rows.header().stream().filter(name -> !known.contains(name)).toList();
    }

    /**
     * Opens a source and reads its header. Closing the reader leaves the source to the caller.
     *
     * @throws DataException when the source cannot be read, or lacks columns of the schema
     */
    public static RowReader open(TableSource source, CsvOptions csv, Schema schema) {
        return open(source, csv, schema, DEFAULT_BATCH_ROWS);
    }

    /**
     * Opens a source and reads its header. Closing the reader leaves the source to the caller.
     *
     * @param batchRows most rows of a batch, at least 1
     * @throws DataException when the source cannot be read, or lacks columns of the schema
     * @throws IllegalArgumentException when batchRows is below 1
     */
    public static RowReader open(TableSource source, CsvOptions csv, Schema schema, int batchRows) {
        if (batchRows < 1) {
            throw new IllegalArgumentException("A batch needs at least one row, got batchRows = " + batchRows);
        }
        CsvRows rows = CsvRows.open(source, csv);
        try {
            return new RowReader(rows, schema, batchRows);
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    /** The names of the columns that are not used, in order. */
    public List<String> ignoredColumns() {
        return ignoredColumns;
    }

    /** The delimiter in use, given or detected. */
    public char delimiter() {
        return rows.delimiter().orElseThrow();
    }

    /**
     * Whether more rows follow.
     *
     * @throws DataException when the next rows cannot be read, or a cell does not fit its column
     */
    @Override
    public boolean hasNext() {
        return ahead().rows() > 0;
    }

    /**
     * The next rows, as a table of the schema's columns; {@link Table#dataRow} tells which rows they are.
     *
     * @throws DataException when they cannot be read, or a cell does not fit its column
     * @throws NoSuchElementException when no rows follow
     */
    @Override
    public Table next() {
        Table batch = ahead();
        if (batch.rows() == 0) {
            throw new NoSuchElementException("All rows of " + rows.source() + " were read");
        }
        ahead = null;
        return batch;
    }

    private Table ahead() {
        Table batch = ahead;
        if (batch == null) {
            batch = loader.load(batchRows);
            ahead = batch;
        }
        return batch;
    }

    @Override
    public void close() {
        rows.close();
    }
}
