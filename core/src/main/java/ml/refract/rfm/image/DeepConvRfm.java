package ml.refract.rfm.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.linalg.DoubleMatrix;

/**
 * Layers of convolutional recursive feature machines: the metric that a layer learns shapes random filters, each a normal vector
 * times M^(1/2), whose outputs are the channels of the next layer's images (specification of the RFM family, section 9). The
 * authors' script has no nonlinearity between layers; here ReLU is the default. Immutable.
 */
public final class DeepConvRfm {
    private final List<Layer> layers;
    private final ConvRfm last;

    private DeepConvRfm(List<Layer> layers, ConvRfm last) {
        this.layers = List.copyOf(layers);
        this.last = last;
    }

    /** A machine and the random convolution that follows it. */
    private record Layer(ConvRfm machine, RandomConvolution convolution) {}

    /**
     * How layers are joined.
     *
     * @param filters channels of the images after a layer
     * @param relu whether negative outputs become 0
     */
    public record Joint(int filters, boolean relu) {
        public Joint {
            if (filters < 1) {
                throw new IllegalArgumentException("A layer needs at least one filter, got " + filters);
            }
        }

        /** 64 filters with ReLU. */
        public static Joint standard() {
            return new Joint(64, true);
        }
    }

    /** Patches times random filters; outputs are scaled to a mean square of 1 on the training images. */
    private record RandomConvolution(Patches patches, DoubleMatrix filters, boolean relu, double scale) {
        static RandomConvolution draw(PatchMetric metric, Joint joint, Images train, SplittableRandom random) {
            DoubleMatrix root = metric.root();
            DoubleMatrix normal = DoubleMatrix.zeros(root.rows(), joint.filters());
            for (int k = 0; k < normal.values().length; k++) {
                normal.values()[k] = random.nextGaussian();
            }
            RandomConvolution plain = new RandomConvolution(metric.patches(), root.times(normal), joint.relu(), 1);
            double squares = 0;
            double[] outputs = plain.apply(train).pixels().values();
            for (double value : outputs) {
                squares += value * value;
            }
            double scale = squares > 0 ? Math.sqrt(outputs.length / squares) : 1;
            return new RandomConvolution(metric.patches(), plain.filters, joint.relu(), scale);
        }

        Images apply(Images images) {
            int down = patches.down(images);
            int across = patches.across(images);
            int channels = filters.cols();
            DoubleMatrix outputs = patches.of(images).times(filters);
            DoubleMatrix pixels = DoubleMatrix.zeros(images.count(), down * across * channels);
            for (int i = 0; i < images.count(); i++) {
                for (int u = 0; u < down * across; u++) {
                    for (int c = 0; c < channels; c++) {
                        double value = scale * outputs.get(i * down * across + u, c);
                        pixels.set(i, c * down * across + u, relu ? Math.max(0, value) : value);
                    }
                }
            }
            return new Images(down, across, channels, pixels);
        }
    }

    /**
     * Fits layer by layer.
     *
     * @param heldOut images that choose the round of each layer; without them the last is kept
     * @param layers settings of each, at least one; patches of a layer go over the images that the layer before made
     * @param joint how they are joined
     * @throws IllegalArgumentException as {@link ConvRfm#fit}, or without layers
     */
    public static DeepConvRfm fit(
            ConvRfm.Data train,
            Optional<ConvRfm.Data> heldOut,
            List<ConvRfmOptions> layers,
            Joint joint,
            Execution execution) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("A deep machine needs at least one layer");
        }
        List<Layer> done = new ArrayList<>();
        ConvRfm.Data current = train;
        Optional<ConvRfm.Data> held = heldOut;
        for (int l = 0; ; l++) {
            Progress part = execution.progress().part((double) l / layers.size(), (l + 1.0) / layers.size());
            ConvRfm machine = ConvRfm.fit(current, held, layers.get(l), execution.withProgress(part));
            if (l == layers.size() - 1) {
                return new DeepConvRfm(done, machine);
            }
            RandomConvolution convolution = RandomConvolution.draw(
                    machine.metric(),
                    joint,
                    current.images(),
                    Seeds.stream(layers.get(l).seed(), "random filters", l));
            done.add(new Layer(machine, convolution));
            current = new ConvRfm.Data(convolution.apply(current.images()), train.targets());
            held = held.map(data -> new ConvRfm.Data(convolution.apply(data.images()), data.targets()));
        }
    }

    /** Predictions of the last layer for m images, m x c. */
    public DoubleMatrix predict(Images images, Execution execution) {
        Images current = images;
        for (Layer layer : layers) {
            current = layer.convolution().apply(current);
        }
        return last.predict(current, execution);
    }

    /** The machine of every layer, first to last. */
    public List<ConvRfm> machines() {
        List<ConvRfm> machines = new ArrayList<>();
        layers.forEach(layer -> machines.add(layer.machine()));
        machines.add(last);
        return machines;
    }
}
