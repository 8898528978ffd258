package ml.refract.table;

import java.util.List;
import java.util.function.IntUnaryOperator;
import ml.refract.linalg.DoubleMatrix;

/**
 * Further coordinates of a column, beside its main block, which counts missing cells and unseen levels: the same numbers for all cells of
 * one code.
 */
abstract sealed class CodedNumbers extends Block permits LevelNumbers, IntervalMeans {
    private final CoordinateKind kind;
    private final List<String> labels;
    /** A row for each code, and a last one for missing cells. */
    private final DoubleMatrix values;

    CodedNumbers(SchemaColumn column, CoordinateKind kind, List<String> labels, DoubleMatrix values) {
        super(column);
        this.kind = kind;
        this.labels = List.copyOf(labels);
        this.values = values;
    }

    final CoordinateKind kind() {
        return kind;
    }

    final List<String> labels() {
        return labels;
    }

    /** The matrix itself. */
    final DoubleMatrix values() {
        return values;
    }

    @Override
    final int width() {
        return labels.size();
    }

    @Override
    final boolean knowsMissing() {
        return false;
    }

    @Override
    final List<CoordinateRange> ranges(int start) {
        return List.of(new CoordinateRange(name(), kind, start, labels));
    }

    /**
     * Writes the numbers of rows.
     *
     * @param codeOfRow negative where the numbers are zeros
     */
    final Writer writer(IntUnaryOperator codeOfRow) {
        return (from, to, tile, offset, stride) -> {
            for (int i = from; i < to; i++) {
                int code = codeOfRow.applyAsInt(i);
                if (code >= 0) {
                    System.arraycopy(values.values(), code * width(), tile, (i - from) * stride + offset, width());
                }
            }
        };
    }
}
