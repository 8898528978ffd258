package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ml.refract.lab.Curve;
import ml.refract.lab.Panel;
import ml.refract.model.LibraryVersion;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.TableDiagnosis;
import ml.refract.theory.Diagnosis;
import ml.refract.theory.EmpiricalSpectrum;
import ml.refract.theory.LearningCurve;
import ml.refract.theory.Overfitting;
import ml.refract.theory.Repeats;
import org.jspecify.annotations.Nullable;

/** What a diagnosis came to: in words, as JSON, as a picture. */
final class DiagnosisReport {
    /** Expected errors whose bounds differ by more than this factor answer nothing. */
    private static final double WIDE = 1.3;
    /** Relative fall of the score that is worth collecting rows for. */
    private static final double WORTH = 0.03;

    private static final double SIGNIFICANT = 2;
    /** Theory that misses measured errors by more is not to be trusted. */
    private static final double THEORY_MISS = 0.15;
    /** Times the rows looked at beyond which curves are not to be trusted. */
    private static final double FAR = 4;

    private static final int REPEATED_ROWS = 30;
    /** Share of repeated rows that leave the kernel matrix without full rank. */
    private static final double REPEATED_SHARE = 0.05;
    /** Losses further apart than this factor are drawn on a logarithmic axis. */
    private static final double MUCH = 8;

    private static final int[] TIMES = {2, 4};
    private static final int CURVE_POINTS = 25;

    private final TableDiagnosis found;
    private final Diagnosis diagnosis;
    private final LearningCurve curve;

    DiagnosisReport(TableDiagnosis found) {
        this.found = found;
        this.diagnosis = found.diagnosis();
        this.curve = diagnosis.curve();
    }

    /** Whether anything was learned that is more than chance. */
    private boolean learns() {
        return diagnosis.error() + SIGNIFICANT * diagnosis.standardError() < found.baseline();
    }

    private LearningCurve.Forecast forecast(double rows) {
        return diagnosis.forecast(rows - 1);
    }

    private boolean isWide(LearningCurve.Forecast forecast) {
        return forecast.high() > WIDE * forecast.low();
    }

    String text() {
        StringBuilder text = new StringBuilder("Diagnoses ")
                .append(found.target().name())
                .append(": ")
                .append(TrainingReport.task(found.task(), found.target()))
                .append(" (")
                .append(found.taskReason())
                .append(")\n")
                .append(looked());
        text.append('\n').append(curveTable()).append('\n');
        for (String answer : List.of(moreRows(), moreRidge(), interpolation(), noise(), theory())) {
            text.append(answer).append('\n');
        }
        repeats().ifPresent(line -> text.append(line).append('\n'));
        return text.append("\nAfter ")
                .append(Seconds.text(found.seconds()))
                .append('\n')
                .toString();
    }

    private String looked() {
        StringBuilder text = new StringBuilder("  ");
        text.append(
                found.rows() < found.usableRows()
                        ? Text.count(found.rows()) + " of " + Text.count(found.usableRows(), "row")
                                + ", drawn at random"
                        : "all " + Text.count(found.rows(), "row"));
        if (found.droppedRows() > 0) {
            text.append("; ").append(Text.count(found.droppedRows())).append(" without a target left out");
        }
        text.append("\n  ")
                .append(Text.count(found.coordinates(), "coordinate"))
                .append(", ")
                .append(TrainingReport.describe(found.kernel()));
        text.append(
                found.featureRows() > 0
                        ? ", features learned on " + Text.count(found.featureRows()) + " other rows\n"
                        : ", no features learned\n");
        return text.toString();
    }

    private String curveTable() {
        TextTable table = new TextTable().row("rows", found.scoreName(), "best ridge", "");
        for (Diagnosis.Level level : diagnosis.levels()) {
            table.row(
                    Text.count(Math.round(level.samples()) + 1),
                    Text.number(found.score(level.bestError())),
                    Text.setting(diagnosis.ridges()[level.best()]),
                    "measured, each row left out"
                            + (level == diagnosis.whole() ? "; by the draw of the rows ± " + uncertainty() : ""));
        }
        for (double rows : forecastRows()) {
            LearningCurve.Forecast forecast = forecast(rows);
            table.row(
                    Text.count(Math.round(rows)),
                    Text.number(found.score(forecast.middle())),
                    "",
                    "expected, " + between(forecast)
                            + (rows > FAR * found.rows() ? ", far beyond the rows looked at" : ""));
        }
        table.row("", Text.number(found.score(found.baseline())), "", "without inputs");
        return table.text();
    }

    private String uncertainty() {
        double error = diagnosis.error();
        return Text.number(found.score(error + diagnosis.standardError()) - found.score(error));
    }

    private String between(LearningCurve.Forecast forecast) {
        return Text.number(found.score(forecast.low())) + " to " + Text.number(found.score(forecast.high()));
    }

    /** Numbers of rows that errors are foretold for: those of the file where not all were looked at, and multiples of them. */
    private double[] forecastRows() {
        List<Double> rows = new ArrayList<>();
        if (found.rows() + found.featureRows() < found.usableRows()) {
            rows.add((double) found.usableRows());
        }
        for (int times : TIMES) {
            rows.add((double) times * found.usableRows());
        }
        return rows.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private String moreRows() {
        String start = "More rows: ";
        if (!learns()) {
            return start + "cannot tell. On " + Text.count(found.rows(), "row")
                    + " this kernel predicts no better than without inputs, so there is no curve to follow.";
        }
        double now = found.score(diagnosis.error());
        LearningCurve.Forecast twice = forecast(2.0 * found.rows());
        double fall = 1 - found.score(twice.middle()) / now;
        if (isWide(twice)) {
            return start + "cannot tell by how much they would help. With twice the " + Text.count(found.rows())
                    + " looked at, " + found.scoreName() + " may be " + between(twice) + " instead of "
                    + Text.number(now) + ".";
        }
        String answer = fall >= WORTH ? "would help" : fall > WORTH / 3 ? "would help a little" : "would hardly help";
        String sure = diagnosis.rowGainInStandardErrors() >= SIGNIFICANT
                ? ""
                : " The fall so far is within the chance of a sample this small.";
        return start + answer + ". With twice the " + Text.count(found.rows()) + " looked at, " + found.scoreName()
                + " should fall from " + Text.number(now) + " to " + between(twice) + ", by about " + Text.percent(fall)
                + "; with four times, to " + between(forecast(4.0 * found.rows())) + "." + sure;
    }

    private String moreRidge() {
        double best = diagnosis.bestRidge();
        String at = "the best, " + Text.setting(best) + ", gives " + found.scoreName() + " "
                + Text.number(found.score(diagnosis.error())) + ", none gives "
                + Text.number(found.score(diagnosis.interpolationError()));
        if (diagnosis.whole().best() == 0) {
            return "More ridge: would not help; none is best.";
        }
        if (diagnosis.ridgeGainInStandardErrors() < SIGNIFICANT) {
            return "More ridge: makes no difference that " + Text.count(found.rows(), "row") + " can show; " + at + ".";
        }
        double[] ridges = diagnosis.ridges();
        String edge = best == ridges[ridges.length - 1]
                ? " It is the largest tried: the target is mostly noise to this kernel."
                : "";
        return "More ridge: helps; " + at + ". Training with --ridge auto, the default, finds it." + edge;
    }

    private String interpolation() {
        double cost = found.score(diagnosis.interpolationError()) / found.score(diagnosis.error()) - 1;
        boolean harmless = diagnosis.ridgeGainInStandardErrors() < SIGNIFICANT || cost < WORTH;
        StringBuilder text = new StringBuilder("Interpolation: ")
                .append(harmless ? "is safe here" : "is not safe here")
                .append("; fitting every target exactly costs ")
                .append(Text.percent(Math.max(0, cost)))
                .append(" of ")
                .append(found.scoreName())
                .append(". ");
        Overfitting overfitting = diagnosis.overfitting();
        if (diagnosis.repeats().rows() > REPEATED_SHARE * found.rows()) {
            return text.append("Cannot tell how that changes with more rows: repeated inputs hide it from theory.")
                    .toString();
        }
        if (overfitting.regime().isEmpty()) {
            return text.append("Cannot tell how that changes with more rows: the eigenvalues of the kernel run out.")
                    .toString();
        }
        String trend = switch (overfitting.regime().get()) {
            case BENIGN -> "benign: falls towards 1 as rows are added";
            case TEMPERED -> "tempered: stays about that as rows are added";
            case CATASTROPHIC -> "catastrophic: grows as rows are added";
        };
        return text.append("By theory, noise that is fitted counts ")
                .append(Text.number(overfitting.last()))
                .append(" times (")
                .append(trend)
                .append(").")
                .toString();
    }

    private String noise() {
        double likely = diagnosis.spectrum().likelyNoise();
        String most = "at most " + Text.number(found.score(diagnosis.error())) + " (" + found.scoreName()
                + " of the best fit)";
        if (!learns()) {
            return "Noise: cannot tell. " + found.scoreName() + " of pure noise would be "
                    + Text.number(found.score(found.baseline())) + ", which is what there is.";
        }
        if (likely < 1e-3 * diagnosis.error()) {
            return "Noise: cannot be told from structure too fine for these rows; " + most + ".";
        }
        return "Noise: about " + Text.number(found.score(Math.min(likely, diagnosis.error()))) + " in units of "
                + found.scoreName() + " if the target is as rough as the kernel; " + most + ".";
    }

    private String theory() {
        double miss = diagnosis.theoryMiss();
        return "Theory: errors of up to a third of the rows follow from the eigenvalues of the kernel to within "
                + Text.percent(miss)
                + (miss > THEORY_MISS ? "; do not rely on what it says of interpolation." : ".");
    }

    private Optional<String> repeats() {
        Repeats repeats = diagnosis.repeats();
        if (repeats.rows() < REPEATED_ROWS) {
            return Optional.empty();
        }
        String start = "Repeats: " + Text.count(repeats.rows(), "row") + " share all inputs with another, ";
        return Optional.of(
                repeats.noise() > 1e-9 * found.baseline()
                        ? start + "and their targets differ by noise of " + Text.number(found.score(repeats.noise()))
                                + " in units of " + found.scoreName() + "."
                        : start
                                + "and the target too. If they are copies, errors on rows that are new will be larger.");
    }

    JsonObject json(String source) {
        JsonObject json = new JsonObject();
        json.addProperty("refract", LibraryVersion.get());
        json.addProperty("data", source);
        json.addProperty("target", found.target().name());
        json.addProperty("task", found.task().name().toLowerCase(Locale.ROOT));
        json.addProperty("taskReason", found.taskReason());
        json.addProperty("fileRows", found.fileRows());
        json.addProperty("droppedRows", found.droppedRows());
        json.addProperty("rows", found.rows());
        json.addProperty("featureRows", found.featureRows());
        json.addProperty("coordinates", found.coordinates());
        json.addProperty("kernel", TrainingReport.describe(found.kernel()));
        json.addProperty("score", found.scoreName());
        json.addProperty("scoreWithoutInputs", found.score(found.baseline()));
        json.addProperty("scoreNow", found.score(diagnosis.error()));
        json.addProperty(
                "scoreNowStandardError",
                found.score(diagnosis.error() + diagnosis.standardError()) - found.score(diagnosis.error()));
        JsonArray levels = new JsonArray();
        diagnosis.levels().forEach(level -> levels.add(json(level)));
        json.add("learningCurve", levels);
        JsonArray expected = new JsonArray();
        for (double rows : forecastRows()) {
            expected.add(json(rows));
        }
        json.add("expected", expected);
        json.add("ridges", ridgesJson());
        json.addProperty("bestRidge", diagnosis.bestRidge());
        json.addProperty("scoreOfInterpolation", found.score(diagnosis.interpolationError()));
        json.addProperty("ridgeGainInStandardErrors", diagnosis.ridgeGainInStandardErrors());
        json.addProperty("rowGainInStandardErrors", diagnosis.rowGainInStandardErrors());
        Overfitting overfitting = diagnosis.overfitting();
        json.addProperty(
                "regime",
                overfitting
                        .regime()
                        .map(regime -> regime.name().toLowerCase(Locale.ROOT))
                        .orElse(null));
        json.addProperty("overfittingCoefficient", finite(overfitting.last()));
        json.addProperty("overfittingTrend", finite(overfitting.trend()));
        json.addProperty("likelyNoise", found.score(diagnosis.spectrum().likelyNoise()));
        json.addProperty("mostNoise", found.score(diagnosis.error()));
        json.addProperty("theoryMiss", diagnosis.theoryMiss());
        json.addProperty("repeatedRows", diagnosis.repeats().rows());
        json.addProperty(
                "noiseOfRepeats", finite(found.score(diagnosis.repeats().noise())));
        JsonArray answers = new JsonArray();
        List.of(moreRows(), moreRidge(), interpolation(), noise(), theory()).forEach(answers::add);
        repeats().ifPresent(answers::add);
        json.add("answers", answers);
        json.addProperty("seconds", found.seconds());
        return json;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private JsonObject json(Diagnosis.Level level) {
        JsonObject json = new JsonObject();
        json.addProperty("rows", level.samples());
        json.addProperty("score", found.score(level.bestError()));
        json.addProperty("ridge", diagnosis.ridges()[level.best()]);
        json.addProperty(
                "predictedByTheory",
                level.samples() <= found.rows() / 3.0
                        ? found.score(diagnosis.spectrum().bestTestError(level.samples(), diagnosis.ridges()))
                        : null);
        return json;
    }

    private JsonObject json(double rows) {
        LearningCurve.Forecast forecast = forecast(rows);
        JsonObject json = new JsonObject();
        json.addProperty("rows", rows);
        json.addProperty("score", found.score(forecast.middle()));
        json.addProperty("low", found.score(forecast.low()));
        json.addProperty("high", found.score(forecast.high()));
        json.addProperty("far", rows > FAR * found.rows());
        return json;
    }

    private JsonArray ridgesJson() {
        JsonArray ridges = new JsonArray();
        for (int r = 0; r < diagnosis.ridges().length; r++) {
            JsonObject ridge = new JsonObject();
            ridge.addProperty("ridge", diagnosis.ridges()[r]);
            ridge.addProperty("score", found.score(diagnosis.whole().error(r)));
            ridges.add(ridge);
        }
        return ridges;
    }

    List<Panel> panels() {
        return List.of(curvePanel(), ridgePanel(), overfittingPanel(), spectrumPanel());
    }

    private String lossName() {
        return found.task() == TaskKind.REGRESSION ? "share of the variance" : "squared error of all classes";
    }

    private Panel curvePanel() {
        EmpiricalSpectrum spectrum = diagnosis.spectrum();
        double first = curve.samples()[0];
        double[] n = geometric(first, found.rows() / 3.0);
        double[] theory = new double[n.length];
        for (int i = 0; i < n.length; i++) {
            theory[i] = spectrum.bestTestError(n[i], diagnosis.ridges());
        }
        double[] later = geometric(found.rows(), 4.0 * found.rows());
        double[] low = new double[later.length];
        double[] high = new double[later.length];
        for (int i = 0; i < later.length; i++) {
            low[i] = forecast(later[i]).low();
            high[i] = forecast(later[i]).high();
        }
        return Panel.Chart.of(
                "Error by rows, at the best ridge",
                Panel.Axis.log("rows"),
                lossAxis(curve.errors(), low),
                Curve.dots("measured", curve.samples(), curve.errors()),
                Curve.line("theory", n, theory),
                Curve.dashed("expected at least", later, low),
                Curve.dashed("expected at most", later, high));
    }

    private Panel ridgePanel() {
        int count = diagnosis.ridges().length;
        Diagnosis.Level quarter = diagnosis.levels().get(diagnosis.levels().size() - 3);
        double[] whole = new double[count];
        double[] part = new double[count];
        double[] theory = new double[count];
        for (int r = 0; r < count; r++) {
            whole[r] = diagnosis.whole().error(r);
            part[r] = quarter.error(r);
            theory[r] =
                    diagnosis.spectrum().testError(quarter.samples(), diagnosis.ridges()[r]);
        }
        return Panel.Chart.of(
                "Error by ridge",
                Panel.Axis.log("ridge"),
                lossAxis(whole, part),
                Curve.line(Text.count(found.rows(), "row") + ", measured", diagnosis.ridges(), whole),
                Curve.line("a quarter of them, measured", diagnosis.ridges(), part),
                Curve.dashed("a quarter of them, theory", diagnosis.ridges(), theory));
    }

    /** Logarithmic where numbers differ much. */
    private Panel.Axis lossAxis(double[]... losses) {
        double[] all = Arrays.stream(losses).flatMapToDouble(Arrays::stream).toArray();
        boolean far = Arrays.stream(all).max().orElseThrow()
                > MUCH * Arrays.stream(all).min().orElseThrow();
        return far ? Panel.Axis.log(lossName()) : Panel.Axis.linear(lossName());
    }

    private Panel overfittingPanel() {
        Overfitting overfitting = diagnosis.overfitting();
        return Panel.Chart.of(
                "What fitted noise costs, by theory",
                Panel.Axis.log("rows"),
                Panel.Axis.linear("times its variance"),
                Curve.line("without a ridge", overfitting.samples(), overfitting.coefficients()));
    }

    private Panel spectrumPanel() {
        int n = found.rows();
        double[] index = new double[n];
        double[] values = new double[n];
        for (int k = 0; k < n; k++) {
            index[k] = k + 1;
            values[k] = diagnosis.spectrum().spectrum().value(k);
        }
        return Panel.Chart.of(
                "Eigenvalues of the kernel",
                Panel.Axis.log("mode"),
                Panel.Axis.log("eigenvalue"),
                Curve.line("K / n", index, values));
    }

    private static double[] geometric(double from, double to) {
        double[] values = new double[CURVE_POINTS];
        for (int i = 0; i < CURVE_POINTS; i++) {
            values[i] = from * Math.pow(to / from, (double) i / (CURVE_POINTS - 1));
        }
        return values;
    }
}
