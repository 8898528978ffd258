package ml.refract.table;

import com.google.gson.JsonObject;
import java.util.List;

/** The coordinates one column becomes, fitted on training rows. Immutable. */
abstract sealed class Block permits NumericBlock, DateBlock, CategoricalBlock, CodedNumbers, RepeatedNumbers {
    private final SchemaColumn column;

    Block(SchemaColumn column) {
        this.column = column;
    }

    final SchemaColumn column() {
        return column;
    }

    final String name() {
        return column.name();
    }

    /** Number of coordinates. */
    abstract int width();

    /** Whether missing cells occurred in training and are therefore told apart. */
    abstract boolean knowsMissing();

    /** Whether missing cells of training rows have no coordinate of their own, because they tell nothing about the target. */
    boolean leavesIndicatorOut() {
        return false;
    }

    /** What the coordinates stand for when the first of them has the given index. */
    abstract List<CoordinateRange> ranges(int start);

    /** Everything {@link Encoder} needs to make this block again, next to the column of the schema. */
    abstract JsonObject toJson();

    /** Writes the dense coordinates of some rows. */
    interface Writer {
        /**
         * Writes rows {@code from .. to - 1} of the table.
         *
         * @param tile row-major, zero where nothing was written yet; row {@code from} is its first
         * @param offset the first coordinate of this block
         * @param stride entries between a row and the next
         */
        void write(int from, int to, double[] tile, int offset, int stride);
    }

    /** A name for a field of JSON that says which block it is. */
    static JsonObject json(Block block) {
        JsonObject json = new JsonObject();
        json.addProperty("column", block.name());
        return json;
    }
}
