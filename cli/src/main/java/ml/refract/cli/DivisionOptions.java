package ml.refract.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What rows have to do with each other, so that those held out are as new to the model as future rows will be. */
final class DivisionOptions {
    @Option(
            names = "--group",
            paramLabel = "COL",
            description =
                    "Rows with the same cell in this column are held out together or not at all. The column is no "
                            + "input, unless --categorical, --numeric or --date names it too.")
    @Nullable
    String group;

    @Option(
            names = "--time",
            paramLabel = "COL",
            description = "A column of numbers or dates: rows that are held out are later than those learned from. "
                    + "Whether it is an input does not change.")
    @Nullable
    String time;

    void refuseContradictions() {
        if (group != null && time != null) {
            throw new UsageException(
                    "Options contradict each other: --group keeps rows together and --time puts them in order; give one "
                            + "of them");
        }
    }
}
