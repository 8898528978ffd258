package ml.refract.table;

import java.util.ArrayList;
import java.util.List;

/** Loads rows under a schema, some at a time. */
final class BatchLoader {
    private final RowCursor cursor;
    private final Schema schema;
    private final int[] fields;
    private final MissingTokens missingTokens;
    private final TableOrigin origin;
    private long rowsLoaded;

    /**
     * A loader of rows yet to come.
     *
     * @param fields for each column of the schema its place in the rows
     */
    BatchLoader(RowCursor cursor, Schema schema, int[] fields) {
        this.cursor = cursor;
        this.schema = schema;
        this.fields = fields;
        this.missingTokens = new MissingTokens(schema.missingTokens());
        this.origin = new TableOrigin(cursor.source(), cursor.delimiter(), schema.missingTokens(), List.of());
    }

    /** The next rows, at most as many as asked for; an empty table at the end. */
    Table load(int mostRows) {
        List<ColumnLoader> loaders = new ArrayList<>(fields.length);
        for (SchemaColumn column : schema.columns()) {
            loaders.add(ColumnLoader.described(cursor.source(), column, mostRows));
        }
        ColumnLoader[] columns = loaders.toArray(ColumnLoader[]::new);
        int rows = 0;
        while (rows < mostRows && cursor.next()) {
            Row row = cursor.row();
            for (int k = 0; k < columns.length; k++) {
                columns[k].load(row, fields[k], missingTokens);
            }
            rows++;
        }
        long firstRow = rowsLoaded;
        rowsLoaded += rows;
        return Table.of(origin, loaders.stream().map(ColumnLoader::finish).toList(), rows, firstRow);
    }
}
