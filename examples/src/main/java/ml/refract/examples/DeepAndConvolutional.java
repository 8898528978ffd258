package ml.refract.examples;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.deep.DeepRfm;
import ml.refract.rfm.deep.DeepRfmOptions;
import ml.refract.rfm.deep.NeuralCollapse;
import ml.refract.rfm.image.ConvRfm;
import ml.refract.rfm.image.ConvRfmOptions;
import ml.refract.rfm.image.Images;
import ml.refract.rfm.image.Patches;

/** Images of bright and dark bars, lying and standing, by a deep machine on their pixels and by one on their patches. */
public final class DeepAndConvolutional {
    private static final int SIDE = 8;

    private DeepAndConvolutional() {}

    /** Prints how classes collapse layer by layer, and the filter that patches are looked at through. */
    public static void main(String[] args) {
        DoubleMatrix pixels = DoubleMatrix.zeros(200, SIDE * SIDE);
        int[] labels = draw(pixels, new SplittableRandom(1));
        try (Execution execution = Execution.defaults()) {
            deep(pixels, labels, execution);
            convolutional(pixels, labels, execution);
        }
    }

    private static void deep(DoubleMatrix pixels, int[] labels, Execution execution) {
        // [deep]
        DeepRfmOptions options = DeepRfmOptions.defaults().withLayers(4).withWidth(128);
        DeepRfm machine = DeepRfm.fit(pixels, plusMinusOne(labels), options, execution);
        List<DeepRfm.Stage> stages = machine.stages(pixels, execution);
        for (DeepRfm.Stage stage : stages) {
            NeuralCollapse collapse = NeuralCollapse.of(stage.inputs(), labels, 2);
            System.out.printf(Locale.ROOT, "NC1 %.4f%n", collapse.withinOverBetween());
        }
        DoubleMatrix outputs = machine.predict(pixels, execution);
        // [end]
        System.out.println(outputs.rows() + " rows, told right: " + right(outputs, labels));
    }

    private static void convolutional(DoubleMatrix pixels, int[] labels, Execution execution) {
        // [conv]
        Images images = Images.grey(SIDE, SIDE, pixels);
        ConvRfm.Data train = new ConvRfm.Data(images, plusMinusOne(labels));
        ConvRfmOptions options = ConvRfmOptions.of(Patches.square(3)).withRounds(2);
        ConvRfm machine = ConvRfm.fit(train, Optional.empty(), options, execution);
        DoubleMatrix filter = machine.metric().filter(0);
        DoubleMatrix edges = machine.metric().sizes(images, 0);
        DoubleMatrix outputs = machine.predict(images, execution);
        // [end]
        for (int y = 0; y < filter.rows(); y++) {
            System.out.printf(Locale.ROOT, "%6.2f%6.2f%6.2f%n", filter.get(y, 0), filter.get(y, 1), filter.get(y, 2));
        }
        System.out.println(edges.rows() + " x " + edges.cols() + " patches, told right: " + right(outputs, labels));
    }

    private static DoubleMatrix plusMinusOne(int[] labels) {
        DoubleMatrix y = DoubleMatrix.zeros(labels.length, 1);
        for (int i = 0; i < labels.length; i++) {
            y.set(i, 0, labels[i] == 0 ? -1 : 1);
        }
        return y;
    }

    private static int right(DoubleMatrix outputs, int[] labels) {
        int count = 0;
        for (int i = 0; i < labels.length; i++) {
            count += (outputs.get(i, 0) > 0) == (labels[i] == 1) ? 1 : 0;
        }
        return count;
    }

    private static int[] draw(DoubleMatrix pixels, SplittableRandom random) {
        int[] labels = new int[pixels.rows()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 2;
            int line = 1 + random.nextInt(SIDE - 2);
            double bright = random.nextBoolean() ? 1 : -1;
            for (int k = 0; k < SIDE * SIDE; k++) {
                boolean onBar = (labels[i] == 0 ? k / SIDE : k % SIDE) == line;
                pixels.set(i, k, (onBar ? bright : 0) + 0.2 * random.nextGaussian());
            }
        }
        return labels;
    }
}
