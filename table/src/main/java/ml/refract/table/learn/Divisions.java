package ml.refract.table.learn;

import java.util.Arrays;
import java.util.List;
import ml.refract.table.DataException;
import ml.refract.table.RowKeys;
import ml.refract.table.Table;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.task.Folds;
import ml.refract.task.HoldOut;

/** Divides the rows of a table by what its columns say, and says in words of the table what makes that impossible. */
final class Divisions {
    private Divisions() {}

    /** Whole groups are held out. */
    static HoldOut.Parts groups(Table table, HeldOutRows.GroupShare share, long seed) {
        int[] groups = RowKeys.groups(table, share.column());
        if (count(groups) < 2) {
            throw new DataException(
                    column(table, share.column()),
                    "all rows are of one group, wanted at least two, so that one can be held out",
                    "name another column, or hold rows out at random");
        }
        return HoldOut.grouped(groups, share.share(), seed);
    }

    /** The latest rows are held out. */
    static HoldOut.Parts latest(Table table, HeldOutRows.TimeShare share) {
        double[] times = RowKeys.times(table, share.column());
        if (Arrays.stream(times).distinct().count() < 2) {
            throw new DataException(
                    column(table, share.column()),
                    "all rows are of one time, wanted at least two, so that the later rows can be held out",
                    "name another column, or hold rows out at random");
        }
        return HoldOut.latest(times, share.share());
    }

    /** Held-out rows as asked for, or random ones where the rows are of one group or one time and offer no choice. */
    static HeldOutRows possible(Table table, HeldOutRows held) {
        if (held instanceof HeldOutRows.GroupShare share && count(RowKeys.groups(table, share.column())) < 2) {
            return new HeldOutRows.Share(share.share());
        }
        if (held instanceof HeldOutRows.TimeShare share
                && Arrays.stream(RowKeys.times(table, share.column()))
                                .distinct()
                                .count()
                        < 2) {
            return new HeldOutRows.Share(share.share());
        }
        return held;
    }

    /** Folds for cross-validation. */
    static List<HoldOut.Parts> folds(Table table, TargetColumn target, FoldChoice choice) {
        int folds = choice.folds();
        if (choice.group().isPresent()) {
            String column = choice.group().get();
            int[] groups = RowKeys.groups(table, column);
            requireFolds(column(table, column), count(groups), "groups", folds, folds);
            return Folds.grouped(groups, folds, choice.seed());
        }
        if (choice.time().isPresent()) {
            String column = choice.time().get();
            double[] times = RowKeys.times(table, column);
            long different = Arrays.stream(times).distinct().count();
            requireFolds(column(table, column), different, "different times", folds, folds + 1);
            return Folds.inOrder(times, folds);
        }
        requireFolds(table.source(), table.rows(), "rows", folds, folds);
        return target.task() == TaskKind.CLASSIFICATION
                ? Folds.stratified(target.codes(), folds, choice.seed())
                : Folds.random(table.rows(), folds, choice.seed());
    }

    private static void requireFolds(String where, long there, String what, int folds, int wanted) {
        if (there < wanted) {
            throw new DataException(
                    where,
                    "there are " + there + " " + what + ", wanted at least " + wanted + " for " + folds + " folds",
                    "ask for fewer folds, or add rows");
        }
    }

    private static long count(int[] groups) {
        return Arrays.stream(groups).distinct().count();
    }

    private static String column(Table table, String name) {
        return table.source() + ", column '" + name + "'";
    }
}
