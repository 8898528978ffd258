package ml.refract.table.learn;

import ml.refract.linalg.DoubleMatrix;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.ClassCoding;
import org.jspecify.annotations.Nullable;

/** Targets of some rows: numbers, or class codes. */
final class Targets {
    private final @Nullable DoubleMatrix values;
    private final int @Nullable [] codes;
    private final int classes;

    private Targets(@Nullable DoubleMatrix values, int @Nullable [] codes, int classes) {
        this.values = values;
        this.codes = codes;
        this.classes = classes;
    }

    static Targets of(TargetColumn column) {
        return column.task() == TaskKind.REGRESSION
                ? new Targets(DoubleMatrix.column(column.values()), null, 0)
                : new Targets(null, column.codes(), column.labels().size());
    }

    boolean isClasses() {
        return codes != null;
    }

    /** Number of classes. */
    int classes() {
        return classes;
    }

    /** Number of target columns a learner solves for. */
    int outputs(ClassCoding.Kind coding) {
        return !isClasses() ? 1 : classes == 2 || coding == ClassCoding.Kind.PREVALENCE ? classes - 1 : classes;
    }

    /** The numbers, n x 1. */
    DoubleMatrix values() {
        if (values == null) {
            throw new IllegalStateException("These targets are classes");
        }
        return values;
    }

    /** The class codes. */
    int[] codes() {
        if (codes == null) {
            throw new IllegalStateException("These targets are numbers");
        }
        return codes;
    }

    Targets select(int[] rows) {
        if (values != null) {
            return new Targets(values.select(rows), null, 0);
        }
        int[] all = codes();
        int[] picked = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            picked[i] = all[rows[i]];
        }
        return new Targets(null, picked, classes);
    }
}
