package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import ml.refract.kernel.Kernel;
import ml.refract.machine.KernelMachine;
import ml.refract.model.LibraryVersion;
import ml.refract.rfm.MetricForm;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RfmRound;
import ml.refract.solver.KernelStorage;
import ml.refract.table.ColumnReport;
import ml.refract.table.Encoder;
import ml.refract.table.SchemaColumn;
import ml.refract.table.Table;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.Importance;
import ml.refract.table.learn.PartScores;
import ml.refract.table.learn.SearchReport;
import ml.refract.table.learn.TableModel;
import ml.refract.table.learn.TrainingResult;
import ml.refract.tune.Tuned;
import ml.refract.xrfm.LeafReport;
import ml.refract.xrfm.MemoryPlan;
import ml.refract.xrfm.XrfmModel;

/** What a training run found and did, for people and as JSON. */
final class TrainingReport {
    private static final int MOST_COLUMNS = 60;
    private static final int MOST_IMPORTANCES = 10;
    private static final int BAR = 30;
    /** Optimism of leave-one-out that a user should know (specification of xRFM, section 20). */
    private static final double WORTH_SAYING = 1.15;

    private static final Map<String, String> PART_NAMES =
            Map.of("train", "training", "val", "held out", "test", "test");

    private TrainingReport() {}

    /** What was found in each column of the file. */
    static String columns(Table table) {
        StringBuilder text = new StringBuilder();
        text.append(table.source())
                .append(": ")
                .append(Text.count(table.rows(), "row"))
                .append(", ");
        text.append(Text.count(table.reports().size(), "column"));
        table.delimiter().ifPresent(c -> text.append(", delimiter ").append(c == '\t' ? "tab" : "'" + c + "'"));
        text.append("\n\n");
        TextTable columns = new TextTable().row("column", "taken for", "missing", "distinct", "");
        List<ColumnReport> reports = table.reports();
        for (ColumnReport report : reports.subList(0, Math.min(MOST_COLUMNS, reports.size()))) {
            columns.row(
                    report.name(),
                    report.type().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    Text.count(report.missing()),
                    report.distinctText(),
                    report.type().isUsed()
                            ? "such as " + String.join(", ", report.examples())
                            : "left out: " + report.reason());
        }
        text.append(columns.text());
        if (reports.size() > MOST_COLUMNS) {
            text.append("  and ")
                    .append(Text.count(reports.size() - MOST_COLUMNS, "more column"))
                    .append('\n');
        }
        return text.append('\n').toString();
    }

    /** What was learned, and how well. */
    static String text(TrainingResult result, Path modelFile) {
        StringBuilder text = new StringBuilder();
        TableModel model = result.model();
        text.append("Predicts ").append(model.target().name()).append(": ").append(task(model.task(), model.target()));
        text.append(" (").append(result.taskReason()).append(")\n");
        text.append(rows(result));
        text.append(learner(result));
        text.append(memory(result.memory()));
        result.dropped()
                .forEach(dropped -> text.append("  column ")
                        .append(dropped.column())
                        .append(" dropped: ")
                        .append(dropped.reason())
                        .append('\n'));
        text.append(withoutIndicator(model.encoder().withoutIndicator()));
        text.append(notes(result.events()));
        text.append('\n').append(scores(result.parts())).append('\n');
        text.append(importances(model.importances())).append('\n');
        text.append("Model: ")
                .append(modelFile)
                .append(" (")
                .append(MemoryPlan.text(size(modelFile)))
                .append("), after ");
        return text.append(Seconds.text(result.seconds())).append('\n').toString();
    }

    /** A line for each thing a user should know. */
    static String notes(List<String> notes) {
        return notes.stream().map(note -> "  note: " + note + '\n').collect(Collectors.joining());
    }

    /** The task in words. */
    static String task(TaskKind task, SchemaColumn target) {
        return task == TaskKind.REGRESSION
                ? "regression"
                : "classification into " + Text.count(target.levels().size()) + " classes, "
                        + Text.some(target.levels(), 10);
    }

    private static String rows(TrainingResult result) {
        StringBuilder text = new StringBuilder("  learned from ");
        int train = result.part("train").orElseThrow().rows();
        text.append(Text.count(train, "row"));
        if (result.search().isPresent()) {
            text.append(searched(result, result.search().get()));
        } else {
            result.part("val").ifPresent(held -> text.append(", chosen on ").append(Text.count(held.rows(), "other")));
        }
        if (result.refitted() && result.search().isEmpty()) {
            text.append(", then solved again on all ").append(Text.count(result.rows() - result.droppedRows()));
        }
        text.append('\n');
        if (result.droppedRows() > 0) {
            text.append("  ").append(Text.count(result.droppedRows(), "row")).append(" without a target left out\n");
        }
        if (result.unusedRows() > 0) {
            text.append("  ").append(Text.count(result.unusedRows(), "row")).append(" not used by the split\n");
        }
        return text.toString();
    }

    private static String withoutIndicator(List<String> columns) {
        return columns.isEmpty()
                ? ""
                : "  no indicator of missing cells for " + Text.some(columns, MOST_COLUMNS)
                        + ": they tell nothing about the target\n";
    }

    private static String searched(TrainingResult result, SearchReport search) {
        return ", settings chosen on "
                + Text.count(result.part("val").orElseThrow().rows())
                + " of them that were held out in turn\n  tried " + Text.count(search.tried(), "setting") + ", "
                + (search.members().size() == 1
                        ? "took the best"
                        : "averages the models of " + search.members().size());
    }

    /** How the kernel was stored, where that is not the usual way. */
    private static String memory(MemoryPlan plan) {
        return plan.chosen().storage() == KernelStorage.KEPT
                ? ""
                : "  to stay within " + MemoryPlan.text(plan.budget())
                        + " the kernel was evaluated again whenever it was read; --explain-plan shows what that saves\n";
    }

    private static String learner(TrainingResult result) {
        if (result.search().isPresent()) {
            return members(result.search().get());
        }
        XrfmModel model = result.model().predictor().model();
        LeafReport leaf = result.fit().leaves().get(0);
        String rounds = model.leaves() == 1
                ? "round " + leaf.bestRound() + " of 0 to " + (leaf.rounds().size() - 1)
                : Text.count(model.trees().size(), "tree") + ", " + Text.count(model.leaves()) + " leaves of up to "
                        + Text.count(result.memory().chosen().leafRows(), "row");
        KernelMachine first = model.trees().get(0).machines().get(0);
        return "  " + Text.count(first.centers().width(), "coordinate") + ", " + describe(first.kernel()) + ", "
                + metrics(model) + " metric, " + rounds + "\n";
    }

    private static String metrics(XrfmModel model) {
        return model.trees().stream()
                .flatMap(tree -> tree.machines().stream())
                .map(machine -> machine.metric().kind())
                .distinct()
                .collect(Collectors.joining(" or "));
    }

    /** The settings a search chose, a line each. */
    private static String members(SearchReport search) {
        TextTable table = new TextTable();
        for (Tuned.Member member : search.members()) {
            RfmOptions options = member.trial().options();
            table.row(
                    "  " + Text.percent(member.weight()),
                    describe(options.kernel()) + ", "
                            + (options.metric() == MetricForm.DIAGONAL ? "diagonal metric, " : "")
                            + Text.count(options.iterations(), "iteration")
                            + encoding(search.view(member))
                            + (search.onIntervalMeans(member) ? ", with mean targets of intervals" : ""));
        }
        return table.text() + optimism(search);
    }

    /** How much a score that costs nothing would flatter, where it would. */
    private static String optimism(SearchReport search) {
        double most = search.members().stream()
                .mapToDouble(member -> member.trial().optimism())
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        return most < WORTH_SAYING
                ? ""
                : "  squared errors of rows held out are up to " + Text.number(most)
                        + " times what leave-one-out under the learned metrics would promise\n";
    }

    private static String encoding(Encoder.View view) {
        return (view.ranks() ? ", on ranks" : "")
                + (view.levelNumbers() ? ", on levels as numbers" : "")
                + (view.repeatedNumbers() ? ", on repeated numbers as levels" : "");
    }

    /** A kernel in words. */
    static String describe(Kernel kernel) {
        if (kernel.family().isNetwork()) {
            return kernel.family().id() + " kernel (bandwidth " + Text.setting(kernel.bandwidth()) + ", "
                    + Text.count(kernel.layers(), "hidden layer") + ", "
                    + kernel.activation().id() + ")";
        }
        String text = kernel.family().id() + " kernel (bandwidth " + Text.setting(kernel.bandwidth()) + ", exponent "
                + Text.setting(kernel.exponent());
        return switch (kernel.family()) {
            case LAPLACE, PRODUCT, NTK, NNGP -> text + ")";
            case LPQ -> text + ", norm " + Text.setting(kernel.norm()) + ")";
            case SUM_POWER -> text + ", mix " + Text.setting(kernel.mix()) + ", power " + kernel.power() + ")";
        };
    }

    /** Scores of parts, each above what a model without inputs would get. */
    static String scores(List<PartScores> parts) {
        TextTable table = new TextTable();
        List<String> heading = new ArrayList<>(List.of("", "rows"));
        heading.addAll(parts.get(0).scores().values().keySet());
        table.row(heading.toArray(String[]::new));
        for (PartScores part : parts) {
            String name = PART_NAMES.getOrDefault(part.part(), part.part());
            table.row(cells(name, Text.count(part.rows()), part.scores().values()));
            table.row(cells("  without inputs", "", part.baseline().values()));
        }
        return table.text();
    }

    private static String[] cells(String name, String rows, Map<String, Double> scores) {
        List<String> cells = new ArrayList<>(List.of(name, rows));
        scores.values().forEach(value -> cells.add(Text.number(value)));
        return cells.toArray(String[]::new);
    }

    /** The most important columns with bars. */
    static String importances(List<Importance> importances) {
        TextTable table = new TextTable().row("importance", "", "");
        double largest = importances.isEmpty() ? 0 : importances.get(0).share();
        for (Importance importance : importances.subList(0, Math.min(MOST_IMPORTANCES, importances.size()))) {
            table.row(
                    importance.column(), Text.percent(importance.share()), Text.bar(importance.share(), largest, BAR));
        }
        int more = importances.size() - MOST_IMPORTANCES;
        return table.text() + (more > 0 ? "  and " + Text.count(more, "less important column") + "\n" : "");
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of it as JSON. */
    static JsonObject json(TrainingResult result, Path modelFile) {
        TableModel model = result.model();
        JsonObject json = new JsonObject();
        json.addProperty("refract", LibraryVersion.get());
        json.addProperty("model", modelFile.toString());
        json.addProperty("target", model.target().name());
        json.addProperty("task", model.task().name().toLowerCase(Locale.ROOT));
        json.addProperty("taskReason", result.taskReason());
        if (model.task() == TaskKind.CLASSIFICATION) {
            json.add("classes", strings(model.target().levels()));
        }
        JsonObject rows = new JsonObject();
        rows.addProperty("file", result.rows());
        rows.addProperty("withoutTarget", result.droppedRows());
        rows.addProperty("unused", result.unusedRows());
        JsonObject scores = new JsonObject();
        JsonObject baseline = new JsonObject();
        for (PartScores part : result.parts()) {
            rows.addProperty(part.part(), part.rows());
            scores.add(part.part(), part.scores().toJson());
            baseline.add(part.part(), part.baseline().toJson());
        }
        json.add("rows", rows);
        json.add("scores", scores);
        json.add("baseline", baseline);
        json.addProperty("refitted", result.refitted());
        result.search().ifPresent(search -> json.add("search", searchJson(search)));
        json.add("importances", importancesJson(model.importances()));
        json.add("columns", columnsJson(result.columns()));
        json.add("dropped", droppedJson(result.dropped()));
        json.add("withoutIndicator", strings(model.encoder().withoutIndicator()));
        result.delimiter().ifPresent(c -> json.addProperty("delimiter", String.valueOf(c)));
        json.add("provenance", model.provenance());
        json.add("leaves", leavesJson(result.fit().leaves()));
        json.add("trees", treesJson(model.predictor().model()));
        json.add("events", strings(result.events()));
        json.add("memory", MemoryReport.json(result.memory()));
        json.addProperty("seconds", result.seconds());
        return json;
    }

    private static JsonObject searchJson(SearchReport search) {
        JsonObject json = new JsonObject();
        json.addProperty("tried", search.tried());
        JsonArray members = new JsonArray();
        for (Tuned.Member member : search.members()) {
            RfmOptions options = member.trial().options();
            JsonObject one = new JsonObject();
            one.addProperty("weight", member.weight());
            one.addProperty("trial", member.trial().index());
            one.addProperty("loss", member.trial().loss());
            one.addProperty("rows", member.trial().rows());
            if (Double.isFinite(member.trial().optimism())) {
                one.addProperty("optimism", member.trial().optimism());
            }
            one.addProperty("kernel", options.kernel().family().id());
            one.addProperty("bandwidth", options.kernel().bandwidth());
            one.addProperty("exponent", options.kernel().exponent());
            one.addProperty("norm", options.kernel().norm());
            one.addProperty("mix", options.kernel().mix());
            one.addProperty("power", options.kernel().power());
            one.addProperty("metric", options.metric().id());
            one.addProperty("iterations", options.iterations());
            one.addProperty("ranks", search.onRanks(member));
            one.addProperty("levelNumbers", search.onLevelNumbers(member));
            one.addProperty("repeatedNumbers", search.onRepeatedNumbers(member));
            one.addProperty("intervalMeans", search.onIntervalMeans(member));
            members.add(one);
        }
        json.add("members", members);
        return json;
    }

    private static JsonArray columnsJson(List<ColumnReport> reports) {
        JsonArray columns = new JsonArray();
        for (ColumnReport report : reports) {
            JsonObject column = new JsonObject();
            column.addProperty("name", report.name());
            column.addProperty("type", report.type().name());
            column.addProperty("reason", report.reason());
            column.addProperty("missing", report.missing());
            column.addProperty("distinct", report.distinct());
            column.addProperty("distinctExact", report.distinctExact());
            column.add("examples", strings(report.examples()));
            columns.add(column);
        }
        return columns;
    }

    private static JsonArray droppedJson(List<Encoder.Dropped> dropped) {
        JsonArray columns = new JsonArray();
        for (Encoder.Dropped drop : dropped) {
            JsonObject column = new JsonObject();
            column.addProperty("column", drop.column());
            column.addProperty("reason", drop.reason());
            columns.add(column);
        }
        return columns;
    }

    /** Weight and routing of each tree as JSON. */
    static JsonArray treesJson(XrfmModel model) {
        JsonArray array = new JsonArray();
        for (XrfmModel.Member tree : model.trees()) {
            JsonObject json = new JsonObject();
            json.addProperty("weight", tree.weight());
            json.addProperty("leaves", tree.shape().leaves());
            json.addProperty("temperature", tree.temperature());
            array.add(json);
        }
        return array;
    }

    private static JsonArray leavesJson(List<LeafReport> leaves) {
        JsonArray array = new JsonArray();
        for (LeafReport leaf : leaves) {
            JsonObject json = new JsonObject();
            json.addProperty("tree", leaf.tree());
            json.addProperty("leaf", leaf.leaf());
            json.addProperty("trainRows", leaf.trainRows());
            json.addProperty("validationRows", leaf.validationRows());
            json.addProperty("borrowed", leaf.borrowed());
            json.addProperty("bestRound", leaf.bestRound());
            json.addProperty("stop", leaf.stop().name());
            JsonArray rounds = new JsonArray();
            leaf.rounds().forEach(round -> rounds.add(roundJson(round)));
            json.add("rounds", rounds);
            array.add(json);
        }
        return array;
    }

    private static JsonObject roundJson(RfmRound round) {
        JsonObject json = new JsonObject();
        json.addProperty("index", round.index());
        if (Double.isFinite(round.score())) {
            json.addProperty("score", round.score());
        } else {
            json.add("score", JsonNull.INSTANCE);
        }
        json.addProperty("bandwidth", round.bandwidth());
        json.addProperty("ridge", round.ridge());
        json.addProperty("residual", round.residual());
        json.addProperty("solveSeconds", round.solveSeconds());
        json.addProperty("momentSeconds", round.momentSeconds());
        json.add("events", strings(round.events()));
        return json;
    }

    /** Importances as JSON. */
    static JsonArray importancesJson(List<Importance> importances) {
        JsonArray array = new JsonArray();
        for (Importance importance : importances) {
            JsonObject json = new JsonObject();
            json.addProperty("column", importance.column());
            json.addProperty("share", importance.share());
            array.add(json);
        }
        return array;
    }

    /** Texts as JSON. */
    static JsonArray strings(List<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }
}
