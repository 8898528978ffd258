package ml.refract.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import ml.refract.concept.Concept;
import ml.refract.concept.ConceptStudy;
import ml.refract.concept.ConceptTargets;
import ml.refract.concept.ConstantTargetsException;
import ml.refract.concept.Method;
import ml.refract.concept.NoDirectionException;
import ml.refract.concept.ProbeOptions;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;
import ml.refract.model.LibraryVersion;
import ml.refract.model.TensorFile;
import ml.refract.table.DataException;
import ml.refract.table.array.Activations;
import ml.refract.table.array.Npy;
import ml.refract.table.array.RowLabels;
import ml.refract.task.Folds;
import ml.refract.task.HoldOut;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "concept",
        header = "Extract the direction of a concept from activations of a network.",
        description = {
            "",
            "Rows of activations, one for each text or image, are labelled by whether, or how much, they have a concept. Finds "
                    + "the directions along which the concept changes, by a recursive feature machine and by linear methods, and "
                    + "says how well each layer and method detects it in rows that had no part in it.",
            ""
        },
        footer = {
            "",
            "Activations are matrices of rows x columns: .npy files, safetensors files, whose every matrix is a layer, or CSV. "
                    + "Several files are several layers.",
            "",
            "Examples:",
            "  refract concept layer15.npy honest.csv",
            "  refract concept layers.safetensors honest.csv -o found.safetensors",
            "  refract concept a.npy b.npy animals.csv --positive cat --folds 5"
        })
final class ConceptCommand implements Callable<Integer> {
    private static final double MOST_TESTED = 0.5;
    private static final double TESTED = 0.2;
    private static final int LEAST_ROWS = 20;
    private static final String NPY = ".npy";
    private static final String SAFETENSORS = ".safetensors";

    private final Console console;

    @Parameters(
            index = "0..*",
            arity = "2..*",
            paramLabel = "ACTIVATIONS... LABELS",
            hideParamSyntax = true,
            description = "Files of activations, and last a CSV or .npy file with a label for each row.")
    List<Path> files = new ArrayList<>();

    @Option(
            names = "--label-column",
            paramLabel = "COL",
            description = "The column of labels. Not needed when there is only one.")
    @Nullable
    String labelColumn;

    @Option(
            names = "--positive",
            paramLabel = "LABEL",
            description =
                    "The label that means that the concept is present; all others mean that it is absent. Needed for labels "
                            + "that are no numbers. Default: of two numbers the larger.")
    @Nullable
    String positive;

    @Option(
            names = "--tensor",
            split = ",",
            paramLabel = "NAME",
            description = "Tensors of a safetensors file to use as layers. Default: all matrices.")
    List<String> tensors = new ArrayList<>();

    @Option(
            names = "--test",
            paramLabel = "F",
            description =
                    "Share of the rows that are only scored. Directions come from the others. With 0 no row is scored and "
                            + "directions come from all. Default: 0.2.")
    @Nullable
    Double test;

    @Option(
            names = {"-k", "--folds"},
            paramLabel = "N",
            description = "Score all rows by N-fold cross-validation instead; directions then come from all rows.")
    @Nullable
    Integer folds;

    @Option(
            names = {"-o", "--directions"},
            paramLabel = "FILE",
            description =
                    "Write directions: to .safetensors those of all layers and methods with the mean row of each; to .npy "
                            + "those of the first method, directions x columns, or layers x directions x columns.")
    @Nullable
    Path directions;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON; - for standard output.")
    @Nullable
    String json;

    @ArgGroup(validate = false, heading = "%nExtracting:%n")
    ProbeSettings settings = new ProbeSettings();

    @ArgGroup(validate = false, heading = "%nReading CSV files:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    ConceptCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ProbeOptions options = settings.options();
        requireSensible();
        return Interruption.during(interruption -> extract(options, interruption), "nothing", console, common.debug)
                .code();
    }

    private void requireSensible() {
        if (test != null && folds != null) {
            throw new UsageException(
                    "Options contradict each other: --folds scores all rows, --test a share; give one of them");
        }
        if (test != null && !(test >= 0 && test <= MOST_TESTED)) {
            throw new UsageException("--test must be a share of the rows from 0 to 0.5, got " + test);
        }
        if (folds != null && folds < 2) {
            throw new UsageException("--folds must be at least 2, got " + folds);
        }
        if (directions != null) {
            String name = directions.toString();
            if (!name.endsWith(NPY) && !name.endsWith(SAFETENSORS)) {
                throw new UsageException("--directions must end in .npy or .safetensors, got " + name);
            }
            Outputs.requireWritable(directions);
        }
        if (json != null && !json.equals(Outputs.STANDARD_OUTPUT)) {
            Outputs.requireWritable(Path.of(json));
        }
    }

    private void extract(ProbeOptions options, Interruption interruption) {
        RowLabels labels = RowLabels.read(
                files.get(files.size() - 1),
                Optional.ofNullable(labelColumn),
                Optional.ofNullable(positive),
                reading.csv());
        ConceptTargets targets = ConceptTargets.of(labels.values());
        requireUsable(targets, labels.source());
        List<Method> methods = settings.methods(targets.isBinary());
        if (options.criterion() == ProbeOptions.Criterion.AUC && !targets.isBinary()) {
            throw new UsageException(
                    "--select auc needs labels of two values, and these have others; use --select correlation");
        }
        List<ConceptStudy.Layer> layers = layers(labels);
        List<ConceptStudy.Division> divisions = divisions(targets, labels.source());
        try (Execution execution =
                machine.execution().cancelledWhen(interruption::requested).build()) {
            List<ConceptStudy.MethodResult> results = study(layers, targets, divisions, methods, options, execution);
            report(results, targets, divisions, labels.source(), execution.elapsedSeconds());
        } catch (ConstantTargetsException e) {
            throw new DataException(
                    labels.source(),
                    String.valueOf(e.getMessage()),
                    "label more rows of the rarer kind, or use fewer folds");
        } catch (NoDirectionException e) {
            throw new DataException(
                    "activations", String.valueOf(e.getMessage()), "check that rows and labels are in the same order");
        }
    }

    private static void requireUsable(ConceptTargets targets, String source) {
        if (targets.rows() < LEAST_ROWS) {
            throw new DataException(
                    source,
                    "there are " + targets.rows() + " labels; some rows must be held out to choose and to score",
                    "label at least " + LEAST_ROWS + " rows");
        }
        if (Arrays.stream(targets.matrix().values()).distinct().count() < 2) {
            throw new DataException(
                    source,
                    "all labels are the same, so no direction tells rows apart",
                    "label rows with and without the concept");
        }
    }

    private List<ConceptStudy.Layer> layers(RowLabels labels) {
        List<ConceptStudy.Layer> layers = new ArrayList<>();
        for (Path file : files.subList(0, files.size() - 1)) {
            for (Activations.Layer layer : Activations.layers(file, tensors, reading.csv())) {
                layers.add(new ConceptStudy.Layer(layer.name(), () -> matching(layer, labels)));
            }
        }
        return layers;
    }

    private static Rows matching(Activations.Layer layer, RowLabels labels) {
        Rows rows = layer.rows().get();
        if (rows.rows() != labels.values().length) {
            throw new DataException(
                    layer.name(),
                    "found " + rows.rows() + " rows, wanted " + labels.values().length + ", one for each label of "
                            + labels.source(),
                    "save activations and labels of the same rows, in the same order");
        }
        return rows;
    }

    private List<ConceptStudy.Division> divisions(ConceptTargets targets, String source) {
        int n = targets.rows();
        HoldOut.Parts all = HoldOut.random(n, 0, settings.seed);
        List<HoldOut.Parts> outer = new ArrayList<>();
        if (folds != null) {
            if (folds > n) {
                throw new DataException(
                        source, "there are " + n + " labels for " + folds + " folds", "use fewer folds");
            }
            outer.addAll(
                    targets.isBinary()
                            ? Folds.stratified(targets.labels(), folds, settings.seed)
                            : Folds.random(n, folds, settings.seed));
            outer.add(all);
        } else {
            double share = test == null ? TESTED : test;
            outer.add(
                    share == 0
                            ? all
                            : targets.isBinary()
                                    ? HoldOut.stratified(targets.labels(), 2, share, settings.seed)
                                    : HoldOut.random(n, share, settings.seed));
        }
        return outer.stream()
                .map(parts -> ConceptStudy.Division.of(targets, parts, settings.seed))
                .toList();
    }

    private List<ConceptStudy.MethodResult> study(
            List<ConceptStudy.Layer> layers,
            ConceptTargets targets,
            List<ConceptStudy.Division> divisions,
            List<Method> methods,
            ProbeOptions options,
            Execution execution) {
        if (common.quiet) {
            return ConceptStudy.run(layers, targets, divisions, methods, options, execution);
        }
        try (ProgressMeter meter = new ProgressMeter(console)) {
            return ConceptStudy.run(layers, targets, divisions, methods, options, execution.withProgress(meter));
        }
    }

    private void report(
            List<ConceptStudy.MethodResult> results,
            ConceptTargets targets,
            List<ConceptStudy.Division> divisions,
            String labels,
            double seconds) {
        if (directions != null) {
            writeDirections(directions, results);
        }
        if (json != null) {
            Outputs.writeJson(json, ConceptReport.json(results, targets, divisions, labels, seconds), console);
        }
        if (!common.quiet && !Outputs.STANDARD_OUTPUT.equals(json)) {
            console.out().print(ConceptReport.text(results, targets, divisions, labels, seconds));
        }
    }

    private static void writeDirections(Path file, List<ConceptStudy.MethodResult> results) {
        try {
            if (file.toString().endsWith(NPY)) {
                writeNpy(file, results.get(0));
            } else {
                writeTensors(file, results);
            }
        } catch (IOException e) {
            throw new OutputException(file.toString(), e);
        }
    }

    private static void writeNpy(Path file, ConceptStudy.MethodResult result) throws IOException {
        List<DoubleMatrix> matrices = result.layers().stream()
                .map(layer -> layer.concept().directions())
                .toList();
        DoubleMatrix first = matrices.get(0);
        for (DoubleMatrix matrix : matrices) {
            if (matrix.rows() != first.rows() || matrix.cols() != first.cols()) {
                throw new OutputException(
                        "Directions of the layers differ in number or width, so one array cannot hold them: "
                                + first.rows() + " x " + first.cols() + " and " + matrix.rows() + " x " + matrix.cols()
                                + ". Name a .safetensors file with --directions");
            }
        }
        double[] values = matrices.stream()
                .flatMapToDouble(matrix -> Arrays.stream(matrix.values()))
                .toArray();
        List<Integer> shape = matrices.size() == 1
                ? List.of(first.rows(), first.cols())
                : List.of(matrices.size(), first.rows(), first.cols());
        Npy.write(file, shape, values);
    }

    private static void writeTensors(Path file, List<ConceptStudy.MethodResult> results) throws IOException {
        Map<String, DoubleMatrix> matrices = new LinkedHashMap<>();
        Map<String, String> names = new LinkedHashMap<>();
        names.put("refract", LibraryVersion.get());
        for (ConceptStudy.MethodResult result : results) {
            for (int k = 0; k < result.layers().size(); k++) {
                ConceptStudy.LayerResult layer = result.layers().get(k);
                Concept concept = layer.concept();
                String prefix = "layer" + k + "." + result.method().id() + ".";
                matrices.put(prefix + "directions", concept.directions());
                matrices.put(
                        prefix + "mean",
                        DoubleMatrix.of(1, concept.mean().length, concept.mean().clone()));
                names.put("layer" + k, layer.layer());
                names.put(prefix + "unitRows", String.valueOf(concept.chosen().unitRows()));
            }
        }
        TensorFile.write(file, matrices, names);
    }
}
