package ml.refract.table;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** The training values of a column of numbers: those present, in row order, and the number of gaps. */
final class Present {
    private final double[] values;
    private final int gaps;

    private Present(double[] values, int gaps) {
        this.values = values;
        this.gaps = gaps;
    }

    static Present of(int[] rows, IntToDoubleFunction valueOfRow) {
        double[] values = new double[rows.length];
        int count = 0;
        for (int row : rows) {
            double value = valueOfRow.applyAsDouble(row);
            if (!Double.isNaN(value)) {
                values[count++] = value;
            }
        }
        return new Present(count == values.length ? values : Arrays.copyOf(values, count), rows.length - count);
    }

    /** The array itself. */
    double[] values() {
        return values;
    }

    int gaps() {
        return gaps;
    }

    boolean isEmpty() {
        return values.length == 0;
    }

    /** Whether no two values differ. */
    boolean isConstant() {
        for (double value : values) {
            if (value != values[0]) {
                return false;
            }
        }
        return true;
    }
}
