package ml.refract.table.learn;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ml.refract.engine.Execution;
import ml.refract.table.DataException;
import ml.refract.table.Encoder;
import ml.refract.table.Table;
import ml.refract.table.TableSource;
import ml.refract.task.Classifier;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;
import ml.refract.xrfm.MemoryPlan;

/**
 * Trains a model on a table: reads it, infers what the options leave open, encodes, plans memory, fits, scores every part,
 * and works out importances.
 */
public final class TableTrainer {
    private final TrainingOptions options;
    private final Execution execution;

    private TableTrainer(TrainingOptions options, Execution execution) {
        this.options = options;
        this.execution = execution;
    }

    /**
     * Trains on a file.
     *
     * @throws DataException when the data cannot be read, understood or learned from
     * @throws IllegalArgumentException when options contradict each other or memory does not suffice
     */
    public static TrainingResult train(Path file, TrainingOptions options, Execution execution) {
        try (TableSource source = TableSource.of(file)) {
            return train(source, options, execution);
        }
    }

    /** Trains on a source; as {@link #train(Path, TrainingOptions, Execution)}. The source is not closed. */
    public static TrainingResult train(TableSource source, TrainingOptions options, Execution execution) {
        execution.progress().report("reading", 0);
        return train(TrainingData.read(source, options, execution), options, execution);
    }

    /** Trains on a table; as {@link #train(Path, TrainingOptions, Execution)}. */
    public static TrainingResult train(TrainingData data, TrainingOptions options, Execution execution) {
        return new TableTrainer(options, execution).train(PreparedData.of(data, options, execution));
    }

    /**
     * The memory that training would take.
     *
     * @param memory what each way to train needs; whether one fits is for the caller to see
     * @param events what was left out to need less, in sentences without a full stop
     */
    public record Plan(MemoryPlan memory, List<String> events) {
        /** Copies the list. */
        public Plan {
            events = List.copyOf(events);
        }
    }

    /**
     * Plans without training.
     *
     * @throws DataException when the data cannot be understood or learned from
     */
    public static Plan plan(TrainingData data, TrainingOptions options, Execution execution) {
        PreparedData prepared = PreparedData.of(data, options, execution);
        return new Plan(prepared.memory(), prepared.events());
    }

    private TrainingResult train(PreparedData data) {
        boolean heldOut = options.search().isPresent() || data.held().isPresent();
        options.decision().requireFits(data.table().source(), data.target(), heldOut);
        Learned learned = options.search()
                .map(search -> SearchedSettings.fit(data, options, search, execution))
                .orElseGet(() -> GivenSettings.fit(data, options, execution));
        TableModel described = describe(data, learned);
        TableModel model = learned.errors().map(described::withErrors).orElse(described);
        execution.progress().report("done", 1);
        Table file = data.origin().table();
        return new TrainingResult(
                model,
                file.reports(),
                file.delimiter(),
                data.encoder().dropped(),
                data.target().reason(),
                file.rows(),
                file.rows() - data.table().rows(),
                data.table().rows() - data.parts().count(),
                learned.scores(),
                learned.refitted(),
                learned.search(),
                learned.fit(),
                Stream.concat(data.events().stream(), learned.events().stream()).toList(),
                data.memory(),
                execution.elapsedSeconds());
    }

    private TableModel describe(PreparedData data, Learned learned) {
        Predictor predictor = learned.predictor();
        int[] dataRows = Arrays.stream(learned.rows())
                .map(row -> (int) data.table().dataRow(row))
                .toArray();
        Predictor named = predictor instanceof Regressor r
                ? r.withModel(r.model().withRowNumbers(dataRows))
                : ((Classifier) predictor).withModel(predictor.model().withRowNumbers(dataRows));
        Map<String, Scores> byPart = new LinkedHashMap<>();
        learned.scores().forEach(part -> byPart.put(part.part(), part.scores()));
        JsonObject provenance = Provenance.of(data.origin(), learned.rows().length, options, execution);
        Encoder encoder = data.encoder();
        TableModel model = new TableModel(named, encoder, data.target().schema(), provenance, byPart, List.of());
        execution.progress().report("importances", 0.96);
        List<Importance> importances = Importance.of(model.featureMoment(execution.toTheEnd()), encoder.coordinates());
        return new TableModel(named, encoder, data.target().schema(), provenance, byPart, importances);
    }
}
