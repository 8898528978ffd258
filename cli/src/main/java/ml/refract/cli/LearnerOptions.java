package ml.refract.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import ml.refract.kernel.Kernel;
import ml.refract.rfm.LearningRows;
import ml.refract.rfm.Loss;
import ml.refract.rfm.MetricForm;
import ml.refract.rfm.MomentKind;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;
import ml.refract.table.EncoderOptions;
import ml.refract.table.TaskKind;
import ml.refract.task.ClassCoding;
import ml.refract.task.TaskOptions;
import ml.refract.task.TuningScore;
import ml.refract.tune.SearchOptions;
import ml.refract.xrfm.XrfmOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Settings of the learner. What is not given keeps its default. */
final class LearnerOptions extends KernelOptions {
    /** How the library calls a setting, and how the command line does. */
    private static final Map<String, String> NAMES = names();

    /** How much is tried. */
    enum Preset {
        FAST,
        DEFAULT,
        BEST
    }

    /** How rows find their leaves. */
    enum Routing {
        SOFT,
        HARD
    }

    @Option(
            names = "--preset",
            order = -3, // before the kernel
            paramLabel = "NAME",
            description =
                    "default: search for settings with rows held out in turn, and average the models of the best; best: "
                            + "search longer; fast: fit one setting, that given below. Default: default, or "
                            + "fast where a setting is given that a search would choose.")
    @Nullable
    Preset preset;

    @Option(
            names = "--trials",
            order = -2,
            paramLabel = "N",
            description =
                    "Settings that a search tries, the best of them on more rows. Default: 24, or 48 on at most 1,000 rows or "
                            + "32 columns once encoded; 48 or 96 for best.")
    @Nullable
    Integer trials;

    @Option(
            names = "--loss",
            paramLabel = "NAME",
            description =
                    "What coefficients make small: squared, the distance of outputs from targets or class codes; logistic, "
                            + "for classes: the log loss. Default: squared.")
    @Nullable
    Loss loss;

    @Option(
            names = "--ridge",
            paramLabel = "R|auto",
            description =
                    "What is added to the diagonal of the kernel matrix; noisier data want more. auto: what predicts best "
                            + "when rows are left out in turn. Default: auto. The reference's: 0.001.")
    @Nullable
    String ridge;

    @Option(
            names = "--iterations",
            paramLabel = "T",
            description = "Times the metric is learned anew; 0 is plain kernel ridge regression. Default: 5.")
    @Nullable
    Integer iterations;

    @Option(
            names = "--learn-on",
            paramLabel = "ROWS",
            description =
                    "Rows that features are learned on: all, or a sample before two last rounds on all, which takes less "
                            + "time where there are more than 6000 rows. Default: all.")
    @Nullable
    LearningRows learnOn;

    @Option(
            names = "--metric",
            paramLabel = "FORM",
            description = "full, diag, or auto: full up to 1000 coordinates. Default: auto.")
    @Nullable
    MetricForm metric;

    @Option(
            names = "--moment",
            paramLabel = "NAME",
            description =
                    "What the next metric is made of: agop, the average gradient outer product; fact or fact-geometric, what "
                            + "weights of a network with weight decay are at a minimum, for --kernel l2. Default: agop.")
    @Nullable
    MomentKind moment;

    @Option(
            names = "--early-stop",
            paramLabel = "F",
            description = "Stop once a score is worse than the best by this factor. Default: never.")
    @Nullable
    Double earlyStop;

    @Option(
            names = "--score",
            paramLabel = "NAME",
            description =
                    "What chooses the round: mse or mae; brier, log-loss, accuracy, auc or f1. Default: mse, brier.")
    @Nullable
    TuningScore score;

    @Option(
            names = "--class-coding",
            paramLabel = "NAME",
            description = "zero-one, or prevalence: far from the data, predict the class shares. Default: zero-one.")
    ClassCoding.@Nullable Kind classCoding;

    @Option(
            names = "--one-hot-levels",
            paramLabel = "N",
            description = "Categorical columns of more levels are looked up in tables instead of being spread over 0/1 "
                    + "columns. Default: 100.")
    @Nullable
    Integer oneHotLevels;

    @Option(
            names = "--leaf-size",
            paramLabel = "ROWS",
            description = "Rows above which the data are split. Default: 10000, or less where memory is short.")
    @Nullable
    Integer leafSize;

    @Option(
            names = "--overlap",
            paramLabel = "F",
            description = "Share of the rows of a split, on each side, that both sides learn from. Default: 0.1.")
    @Nullable
    Double overlap;

    @Option(
            names = "--routing",
            paramLabel = "KIND",
            description = "soft: blend neighbouring leaves; hard: follow one path. Default: soft.")
    @Nullable
    Routing routing;

    @Option(names = "--trees", paramLabel = "N", description = "Trees to average. Default: 1.")
    @Nullable
    Integer trees;

    @Option(names = "--seed", paramLabel = "N", description = "Drives every random choice. Default: 0.")
    long seed;

    EncoderOptions encoder() {
        try {
            return oneHotLevels == null
                    ? EncoderOptions.defaults()
                    : EncoderOptions.defaults().withMaxOneHotLevels(oneHotLevels);
        } catch (IllegalArgumentException e) {
            throw new UsageException("Invalid options: --one-hot-levels must be at least 0, got " + oneHotLevels);
        }
    }

    /** The settings, checked for what contradicts each other or the task. */
    TaskOptions task(Optional<TaskKind> task) {
        refuseContradictions(task);
        List<String> faults = new ArrayList<>();
        Optional<Kernel> made = attempt(faults, this::kernel);
        Optional<RfmOptions> leaf =
                attempt(faults, () -> leaf(made.orElse(RfmOptions.defaults().kernel())));
        Optional<XrfmOptions> xrfm = attempt(faults, () -> xrfm(leaf.orElse(RfmOptions.defaults())));
        if (!faults.isEmpty()) {
            throw new UsageException("Invalid options: " + String.join("; ", faults));
        }
        TaskOptions options = TaskOptions.of(xrfm.orElseThrow());
        options = classCoding == null ? options : options.withCoding(classCoding);
        return score == null ? options : options.withScore(score);
    }

    /**
     * How much is to be tried; nothing where one setting is to be fitted.
     *
     * @param otherwise options outside of these that a search has no use for
     */
    Optional<SearchOptions> search(List<String> otherwise) {
        List<String> settings = new ArrayList<>(searchedFor());
        settings.addAll(otherwise);
        if (preset == Preset.FAST || (preset == null && !settings.isEmpty())) {
            if (trials != null) {
                throw new UsageException("Options contradict each other: --trials is for a search, and "
                        + (preset == null ? settings.get(0) : "--preset fast") + " wants none");
            }
            return Optional.empty();
        }
        if (!settings.isEmpty()) {
            throw new UsageException("Options contradict each other: --preset " + name(preset) + " searches, "
                    + String.join(", ", settings) + (settings.size() == 1 ? " is" : " are")
                    + " for --preset fast; give one or the other");
        }
        SearchOptions options = preset == Preset.BEST ? SearchOptions.thorough() : SearchOptions.standard();
        try {
            return Optional.of(trials == null ? options : options.withTrials(trials));
        } catch (IllegalArgumentException e) {
            throw new UsageException("Invalid options: --trials must be between 1 and 10000, got " + trials);
        }
    }

    /** The settings given that a search chooses itself. */
    private List<String> searchedFor() {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put("--kernel", kernel != null);
        given.put("--bandwidth", bandwidth != null);
        given.put("--adaptive-bandwidth", adaptiveBandwidth);
        given.put("--exponent", exponent != null);
        given.put("--norm", norm != null);
        given.put("--mix", mix != null);
        given.put("--power", power != null);
        given.put("--layers", layers != null);
        given.put("--activation", activation != null);
        given.put("--ridge", ridge != null);
        given.put("--iterations", iterations != null);
        given.put("--learn-on", learnOn != null);
        given.put("--metric", metric != null);
        given.put("--moment", moment != null);
        given.put("--early-stop", earlyStop != null);
        given.put("--score", score != null);
        return given.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String name(@Nullable Preset preset) {
        return String.valueOf(preset).toLowerCase(Locale.ROOT);
    }

    private void refuseContradictions(Optional<TaskKind> task) {
        List<String> faults = new ArrayList<>(contradictions());
        if (loss == Loss.LOGISTIC && task.equals(Optional.of(TaskKind.REGRESSION))) {
            faults.add("--loss logistic is for classification, not for --task regression");
        }
        if (loss == Loss.LOGISTIC && classCoding != null) {
            faults.add("--class-coding is for --loss squared, not for --loss logistic");
        }
        if (classCoding == ClassCoding.Kind.LOGIT && loss != Loss.LOGISTIC) {
            faults.add("--class-coding logit is what --loss logistic takes; give that");
        }
        if (classCoding != null && task.equals(Optional.of(TaskKind.REGRESSION))) {
            faults.add("--class-coding is for classification, not for --task regression");
        }
        task.ifPresent(kind -> {
            boolean classes = kind == TaskKind.CLASSIFICATION;
            if (score != null && score.isForClassification() != classes) {
                faults.add("--score " + id(score) + " is for " + (classes ? "regression" : "classification")
                        + ", not for --task " + (classes ? "classification" : "regression"));
            }
        });
        if (!faults.isEmpty()) {
            throw new UsageException("Options contradict each other: " + String.join("; ", faults));
        }
    }

    /** Says which settings had no say in the task that was found. */
    void warnOfUnused(TaskKind task, Console console) {
        if (classCoding != null && task == TaskKind.REGRESSION) {
            console.warn("--class-coding was not used, because the task is regression");
        }
        if (score != null && score.isForClassification() != (task == TaskKind.CLASSIFICATION)) {
            console.warn("--score " + id(score) + " was not used, because the task is "
                    + task.name().toLowerCase(Locale.ROOT));
        }
    }

    private static String id(TuningScore score) {
        return score.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private RfmOptions leaf(Kernel made) {
        RfmOptions.Builder builder = RfmOptions.defaults().toBuilder()
                .kernel(made)
                .adaptiveBandwidth(adaptiveBandwidth)
                .seed(seed);
        Optional.ofNullable(loss).ifPresent(builder::loss);
        Optional.ofNullable(ridge).ifPresent(text -> setRidge(text, builder));
        Optional.ofNullable(iterations).ifPresent(builder::iterations);
        Optional.ofNullable(learnOn).ifPresent(builder::learningRows);
        Optional.ofNullable(metric).ifPresent(builder::metric);
        Optional.ofNullable(moment).ifPresent(builder::moment);
        Optional.ofNullable(earlyStop).ifPresent(builder::earlyStopMultiplier);
        return builder.build();
    }

    private static void setRidge(String text, RfmOptions.Builder builder) {
        if (text.equalsIgnoreCase("auto")) {
            builder.ridgeRule(RidgeRule.LEAVE_ONE_OUT);
            return;
        }
        try {
            builder.ridgeRule(RidgeRule.GIVEN).ridge(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new UsageException("--ridge must be a number or auto, got " + text);
        }
    }

    private XrfmOptions xrfm(RfmOptions leaf) {
        XrfmOptions.Builder builder =
                XrfmOptions.defaults().toBuilder().leaf(leaf).seed(seed);
        Optional.ofNullable(leafSize).ifPresent(builder::maxLeafRows);
        Optional.ofNullable(overlap).ifPresent(builder::overlap);
        Optional.ofNullable(trees).ifPresent(builder::trees);
        Optional.ofNullable(routing).ifPresent(kind -> builder.softRouting(kind == Routing.SOFT));
        return builder.build();
    }

    /** The value, or nothing and its faults in the words of the command line. */
    private static <T> Optional<T> attempt(List<String> faults, Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            for (String fault : message.substring(message.indexOf(": ") + 2).split("; ")) {
                int end = fault.indexOf(' ');
                faults.add(NAMES.getOrDefault(fault.substring(0, end), fault.substring(0, end)) + fault.substring(end));
            }
            return Optional.empty();
        }
    }

    private static Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        for (String same : List.of(
                "bandwidth",
                "exponent",
                "norm",
                "mix",
                "power",
                "layers",
                "ridge",
                "iterations",
                "moment",
                "overlap",
                "trees")) {
            names.put(same, "--" + same);
        }
        names.put("earlyStopMultiplier", "--early-stop");
        names.put("maxLeafRows", "--leaf-size");
        return names;
    }
}
