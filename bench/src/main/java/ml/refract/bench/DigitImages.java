package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.deep.DeepRfm;
import ml.refract.rfm.deep.DeepRfmOptions;
import ml.refract.rfm.deep.NeuralCollapse;
import ml.refract.rfm.image.ConvRfm;
import ml.refract.rfm.image.ConvRfmOptions;
import ml.refract.rfm.image.Images;
import ml.refract.rfm.image.Patches;
import ml.refract.task.Scores;

/**
 * Runs deep and convolutional recursive feature machines on handwritten digits: how classes collapse from layer to layer, and what a
 * metric on patches does for the error. Writes {@code digits.md}.
 *
 * <p>Arguments: folder of the data, output folder.
 */
public final class DigitImages {
    private static final int TRAIN = 1_000;
    private static final int HELD_OUT = 250;
    private static final int CLASSES = 10;
    private static final List<String> SETS = List.of("usps_test", "optdigits");

    private DigitImages() {}

    /** Runs the measurement. */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("wanted: DATA OUTPUT_FOLDER");
        }
        Path output = Files.createDirectories(Path.of(args[1]));
        StringBuilder text = new StringBuilder("# Digits as images\n\n")
                .append(Machine.describe("bench/run DigitImages DATA docs/benchmarks"))
                .append(TRAIN)
                .append(
                        " images at random to learn from, up to as many others to test; usps of 16 x 16, optdigits of 8 x 8 ")
                .append("pixels.\n\n");
        try (Execution execution = Execution.defaults()) {
            for (DataSet set : DataSet.all(Path.of(args[0]))) {
                if (SETS.contains(set.name())) {
                    Digits all = Digits.read(set);
                    text.append("## ").append(set.name()).append("\n\n");
                    deep(text, all, execution);
                    convolutional(text, all, execution);
                }
            }
        }
        Files.writeString(output.resolve("digits.md"), text.toString().stripTrailing() + "\n");
    }

    /** Images with their digits. */
    private record Digits(DoubleMatrix pixels, int[] labels) {
        /** Reads plain numbers: every pixel counts, those that are always the same too. */
        static Digits read(DataSet set) throws IOException {
            List<String> lines = Files.readAllLines(set.file());
            List<String> header = List.of(lines.get(0).split(","));
            int label = header.indexOf(set.target());
            int count = lines.size() - 1;
            DoubleMatrix pixels = DoubleMatrix.zeros(count, header.size() - 1);
            int[] labels = new int[count];
            for (int i = 0; i < count; i++) {
                String[] cells = lines.get(i + 1).split(",");
                for (int s = 0; s < cells.length; s++) {
                    if (s == label) {
                        labels[i] = (int) Double.parseDouble(cells[s]);
                    } else {
                        pixels.set(i, s < label ? s : s - 1, Double.parseDouble(cells[s]));
                    }
                }
            }
            return new Digits(pixels, labels).select(Seeds.permutation(count, Seeds.stream(0, "digits", 0)), 0, count);
        }

        Digits select(int[] order, int from, int to) {
            int[] rows = Arrays.copyOfRange(order, from, Math.min(to, order.length));
            return new Digits(
                    pixels.select(rows), Arrays.stream(rows).map(i -> labels[i]).toArray());
        }

        Digits part(int from, int to) {
            int[] rows = IntStream.range(0, labels.length).toArray();
            return select(rows, from, to);
        }

        /** -1 and 1. */
        DoubleMatrix targets() {
            DoubleMatrix y = DoubleMatrix.zeros(labels.length, CLASSES);
            Arrays.fill(y.values(), -1);
            for (int i = 0; i < labels.length; i++) {
                y.set(i, labels[i], 1);
            }
            return y;
        }

        double accuracy(DoubleMatrix outputs) {
            return Scores.accuracy(labels, Scores.argmax(outputs, CLASSES));
        }
    }

    private static void deep(StringBuilder text, Digits all, Execution execution) {
        Digits train = all.part(0, TRAIN);
        Digits test = all.part(TRAIN, 2 * TRAIN);
        double start = execution.elapsedSeconds();
        DeepRfm machine = DeepRfm.fit(train.pixels(), train.targets(), DeepRfmOptions.defaults(), execution);
        double seconds = execution.elapsedSeconds() - start;
        text.append(String.format(
                Locale.ROOT,
                "Deep RFM, Laplace kernel of bandwidth 2, 512 ReLU features, ridge 0.001: %.1f s for six layers. NC1 is the scatter "
                        + "within classes over that between class means.%n%n"
                        + "| layer | NC1 of its rows | after M^1/2 | after the features | NC2 of its rows | accuracy on others |%n"
                        + "|---:|---:|---:|---:|---:|---:|%n",
                seconds));
        List<DeepRfm.Stage> stages = machine.stages(train.pixels(), execution);
        for (int l = 0; l < stages.size(); l++) {
            DeepRfm.Stage stage = stages.get(l);
            NeuralCollapse rows = NeuralCollapse.of(stage.inputs(), train.labels(), CLASSES);
            text.append(String.format(
                    Locale.ROOT,
                    "| %d | %.4g | %.4g | %.4g | %.4g | %.3f |%n",
                    l + 1,
                    rows.withinOverBetween(),
                    NeuralCollapse.of(stage.projected(), train.labels(), CLASSES)
                            .withinOverBetween(),
                    NeuralCollapse.of(stage.features(), train.labels(), CLASSES).withinOverBetween(),
                    rows.simplexMiss(),
                    test.accuracy(machine.predict(test.pixels(), l + 1, execution))));
        }
        text.append('\n');
    }

    private static void convolutional(StringBuilder text, Digits all, Execution execution) {
        int side = (int) Math.round(Math.sqrt(all.pixels().cols()));
        Digits train = all.part(0, TRAIN - HELD_OUT);
        Digits held = all.part(TRAIN - HELD_OUT, TRAIN);
        Digits test = all.part(TRAIN, 2 * TRAIN);
        text.append("ConvRFM, patches of 3 x 3 with a flat read-out, ridge 0.001, ")
                .append(HELD_OUT)
                .append(" of the images held out to choose the round of at most 3.\n\n")
                .append(
                        "| rounds | round kept | held-out squared error, first round | of the one kept | accuracy on others | seconds |\n")
                .append("|---:|---:|---:|---:|---:|---:|\n");
        for (int rounds : new int[] {0, 3}) {
            ConvRfmOptions options =
                    new ConvRfmOptions(Patches.square(3), ConvRfmOptions.Readout.FLAT, 1e-3, rounds, HELD_OUT, 0);
            double start = execution.elapsedSeconds();
            ConvRfm machine = ConvRfm.fit(data(train, side), Optional.of(data(held, side)), options, execution);
            double seconds = execution.elapsedSeconds() - start;
            text.append(String.format(
                    Locale.ROOT,
                    "| %d | %d | %.5f | %.5f | %.3f | %.1f |%n",
                    rounds,
                    machine.bestRound(),
                    machine.rounds().get(0).heldOutError(),
                    machine.rounds().get(machine.bestRound()).heldOutError(),
                    test.accuracy(machine.predict(Images.grey(side, side, test.pixels()), execution)),
                    seconds));
        }
        text.append('\n');
    }

    private static ConvRfm.Data data(Digits digits, int side) {
        return new ConvRfm.Data(Images.grey(side, side, digits.pixels()), digits.targets());
    }
}
