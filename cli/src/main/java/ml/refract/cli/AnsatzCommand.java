package ml.refract.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import ml.refract.engine.Execution;
import ml.refract.explain.FeatureAnsatz;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;
import ml.refract.table.DataException;
import ml.refract.table.array.Activations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ansatz",
        header = "Compare the weights of a layer with what theory says of trained ones.",
        description = {
            "",
            "For weights W (units x inputs) of a layer: how alike is W'W to the average gradient outer product (AGOP) of the "
                    + "network in the layer's inputs, as the neural feature ansatz says, and to FACT, which it equals at a minimum "
                    + "of a loss with weight decay.",
            ""
        },
        footer = {
            "",
            "Files are matrices: .npy, safetensors, or CSV. A cosine of 1 means proportional. The size is that of the matrix over "
                    + "that of W'W; for FACT 1 at a minimum, when --weight-decay is the one of the training.",
            "",
            "Examples:",
            "  refract ansatz w1.npy --gradients g1.npy",
            "  refract ansatz w1.npy --inputs h1.npy --loss-gradients l1.npy --weight-decay 1e-4"
        })
final class AnsatzCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "WEIGHTS",
            description = "W, a row for each unit and a column for each input of the layer.")
    Path weights = Path.of("");

    @Option(
            names = "--tensor",
            paramLabel = "NAME",
            description = "The tensor of WEIGHTS, where it is a safetensors file with several matrices.")
    @Nullable
    String tensor;

    @Option(
            names = "--gradients",
            paramLabel = "FILE",
            description =
                    "Gradients of the network's outputs in the inputs of the layer, a row for each sample and output, for AGOP.")
    @Nullable
    Path gradients;

    @Option(
            names = "--power",
            split = ",",
            paramLabel = "S",
            description = "Powers of AGOP to compare with. Default: 0.5,1.")
    List<Double> powers = new ArrayList<>(List.of(0.5, 1.0));

    @Option(
            names = "--inputs",
            paramLabel = "FILE",
            description = "Inputs of the layer, a row for each sample, for FACT.")
    @Nullable
    Path inputs;

    @Option(
            names = "--loss-gradients",
            paramLabel = "FILE",
            description =
                    "Gradients of each sample's loss, not divided by their number and without weight decay, in the inputs of the "
                            + "layer; samples in the order of --inputs.")
    @Nullable
    Path lossGradients;

    @Option(
            names = "--weight-decay",
            paramLabel = "L",
            description = "L of the term L/2 |W|^2 beside the mean loss, which gives FACT its size. Default: 1.")
    double weightDecay = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON; - for standard output.")
    @Nullable
    String json;

    @ArgGroup(validate = false, heading = "%nReading CSV files:%n")
    ReadingOptions reading = new ReadingOptions();

    @ArgGroup(validate = false, heading = "%nMachine:%n")
    MachineOptions machine = new MachineOptions();

    @Mixin
    CommonOptions common = new CommonOptions();

    AnsatzCommand(Console console) {
        this.console = console;
    }

    /** A line of the report. */
    private record Line(String name, FeatureAnsatz.Match match) {}

    @Override
    public Integer call() {
        requireSensible();
        return Interruption.during(this::compare, "nothing written", console, common.debug)
                .code();
    }

    private void requireSensible() {
        if ((inputs == null) != (lossGradients == null)) {
            throw new UsageException("FACT needs both --inputs and --loss-gradients");
        }
        if (gradients == null && inputs == null) {
            throw new UsageException(
                    "There is nothing to compare with: give --gradients, or --inputs and --loss-gradients");
        }
        if (!(weightDecay > 0)) {
            throw new UsageException("--weight-decay must be above 0, got " + weightDecay);
        }
        if (!powers.stream().allMatch(power -> power > 0 && power <= 4)) {
            throw new UsageException("--power must be above 0 and at most 4, got " + powers);
        }
        if (json != null && !json.equals(Outputs.STANDARD_OUTPUT)) {
            Outputs.requireWritable(Path.of(json));
        }
    }

    private void compare(Interruption interruption) {
        try (Execution execution =
                machine.execution().cancelledWhen(interruption::requested).build()) {
            Rows w = matrix(weights, tensor == null ? List.of() : List.of(tensor));
            DoubleMatrix moment = FeatureAnsatz.weightMoment(w, execution);
            List<Line> lines = new ArrayList<>();
            if (gradients != null) {
                Rows g = matching(gradients, w);
                for (double power : powers) {
                    String name = power == 1 ? "AGOP" : "AGOP^" + Text.setting(power);
                    lines.add(new Line(name, FeatureAnsatz.match(moment, FeatureAnsatz.agop(g, power, execution))));
                }
            }
            if (inputs != null && lossGradients != null) {
                Rows h = matching(inputs, w);
                Rows l = matching(lossGradients, w);
                if (h.rows() != l.rows()) {
                    throw new DataException(
                            lossGradients.toString(),
                            "found " + l.rows() + " rows, wanted " + h.rows() + ", one for each of " + inputs,
                            "save both for the same samples, in the same order");
                }
                lines.add(new Line(
                        "FACT", FeatureAnsatz.match(moment, FeatureAnsatz.fact(l, h, weightDecay, execution))));
            }
            report(w, lines);
        }
    }

    private Rows matching(Path file, Rows w) {
        Rows rows = matrix(file, List.of());
        if (rows.cols() != w.cols()) {
            throw new DataException(
                    file.toString(),
                    "found " + rows.cols() + " columns, wanted " + w.cols() + ", one for each column of " + weights,
                    w.rows() == rows.cols()
                            ? "transpose the weights"
                            : "save what belongs to the inputs of that layer");
        }
        return rows;
    }

    private Rows matrix(Path file, List<String> names) {
        List<Activations.Layer> layers = Activations.layers(file, names, reading.csv());
        if (layers.size() > 1) {
            throw new DataException(
                    file.toString(),
                    "found " + layers.size() + " matrices, wanted one",
                    file.equals(weights) ? "name the one meant with --tensor" : "save it in a file of its own");
        }
        return layers.get(0).rows().get();
    }

    private void report(Rows w, List<Line> lines) {
        if (json != null) {
            Outputs.writeJson(json, json(w, lines), console);
        }
        if (!common.quiet && !Outputs.STANDARD_OUTPUT.equals(json)) {
            TextTable table = new TextTable()
                    .row("W'W of " + w.rows() + " x " + w.cols() + " weights beside", "cosine", "correlation", "size");
            for (Line line : lines) {
                table.row(
                        line.name(),
                        number(line.match().cosine()),
                        number(line.match().correlation()),
                        Text.number(line.match().size()));
            }
            console.out().print(table.text());
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private JsonObject json(Rows w, List<Line> lines) {
        JsonObject result = new JsonObject();
        result.addProperty("weights", weights.toString());
        result.addProperty("units", w.rows());
        result.addProperty("inputs", w.cols());
        JsonArray matches = new JsonArray();
        for (Line line : lines) {
            JsonObject one = new JsonObject();
            one.addProperty("matrix", line.name());
            one.add("cosine", finite(line.match().cosine()));
            one.add("correlation", finite(line.match().correlation()));
            one.add("size", finite(line.match().size()));
            matches.add(one);
        }
        result.add("matches", matches);
        return result;
    }

    private static JsonElement finite(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
    }
}
