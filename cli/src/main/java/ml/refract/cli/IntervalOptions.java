package ml.refract.cli;

import java.nio.file.Path;
import java.util.Optional;
import ml.refract.engine.Execution;
import ml.refract.explain.Conformal;
import ml.refract.explain.Coverage;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.TableModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Intervals and sets of classes beside predictions. */
final class IntervalOptions {
    @Option(
            names = "--interval",
            paramLabel = "SHARE",
            description =
                    "Say between which numbers, or among which classes, the target of this share of rows should be; from 0.5 to "
                            + "0.999, such as 0.9.")
    @Nullable
    Double share;

    @Option(
            names = "--calibrate",
            paramLabel = "FILE",
            description =
                    "Take the errors that --interval needs from the rows of this CSV file, with their targets, instead of those "
                            + "kept in the model. When the model has not learned from these rows, the share is guaranteed.")
    @Nullable
    Path calibration;

    /**
     * The wanted coverage.
     *
     * @throws UsageException when it is out of range
     */
    Optional<Coverage> coverage() {
        if (share == null) {
            if (calibration != null) {
                throw new UsageException(
                        "--calibrate is for intervals; add the share of rows they are to hold, such as --interval 0.9");
            }
            return Optional.empty();
        }
        if (!Coverage.isValid(share)) {
            throw new UsageException(
                    "--interval must be between " + Coverage.LEAST + " and " + Coverage.MOST + ", got " + share);
        }
        return Optional.of(new Coverage(share));
    }

    /**
     * The model with the errors that intervals are to come from; with a warning when there are too few.
     *
     * @throws UsageException when it keeps none and no rows are named
     */
    TableModel prepared(
            TableModel model,
            Path file,
            Coverage coverage,
            ReadingOptions reading,
            Execution execution,
            Console console) {
        TableModel prepared = calibration == null ? model : calibrated(model, calibration, reading, execution);
        Conformal errors = prepared.errors()
                .orElseThrow(
                        () -> new UsageException(
                                file + " keeps no errors on rows it had not learned from, which "
                                        + "intervals come from: nothing was held out when it was trained, or by a version without "
                                        + "intervals. Train it again, or name rows with targets that it has not learned from: --calibrate FILE"));
        if (errors.rows() < coverage.leastRows()) {
            console.warn("there are errors of " + Text.count(errors.rows(), "row") + " only; --interval "
                    + Text.setting(coverage.share()) + " needs " + Text.count(coverage.leastRows()) + ": "
                    + (model.task() == TaskKind.REGRESSION ? "intervals are infinite" : "sets hold every class"));
        }
        return prepared;
    }

    private static TableModel calibrated(TableModel model, Path file, ReadingOptions reading, Execution execution) {
        try (TableSource source = TableSource.of(file)) {
            Table rows = Table.read(source, reading.csv(), ModelInput.schema(model.schemaWithTarget(), reading));
            return model.calibrated(rows, execution);
        }
    }

    /** Where the errors of a model come from, in words. */
    static String origin(Conformal errors) {
        return "from " + Text.count(errors.rows()) + " " + errors.source().id() + " "
                + (errors.rows() == 1 ? "error" : "errors")
                + (errors.source().isGuaranteed() ? ", guaranteed" : ", approximate");
    }
}
