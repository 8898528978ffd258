package ml.refract.table;

import java.util.Arrays;

/**
 * The numbers of a column in training rows.
 *
 * @param column what the schema says of it
 * @param values of each training row, NaN where missing
 * @param different those that occur, ascending
 */
record TrainingNumbers(SchemaColumn column, double[] values, double[] different) {
    static TrainingNumbers of(NumericColumn column, int[] rows) {
        double[] values =
                Arrays.stream(rows).mapToDouble(row -> number(column, row)).toArray();
        double[] different = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .distinct()
                .toArray();
        return new TrainingNumbers(column.schema(), values, different);
    }

    /** The number in a row, NaN where missing; minus zero is zero. */
    static double number(NumericColumn column, int row) {
        return column.value(row) + 0.0;
    }

    /** How many rows have a number. */
    long present() {
        return Arrays.stream(values).filter(value -> !Double.isNaN(value)).count();
    }
}
