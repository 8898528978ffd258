package ml.refract.rfm.image;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConvRfmTest {
    private final Execution execution = Execution.builder().threads(2).build();

    @AfterEach
    void close() {
        execution.close();
    }

    /** Section 14 of the specification of the RFM family: one patch that is the whole image is the plain tangent kernel. */
    @Test
    void onePatchIsTheTangentKernel() {
        Images images = Images.grey(1, 2, DoubleMatrix.of(4, 2, new double[] {1, 0, 1, 1, 0, 2, 2, 1}));
        PatchMetric metric =
                new PatchMetric(new Patches(1, 2, 1, 0), 1, DoubleMatrix.of(2, 2, new double[] {2, .5, .5, 1}));
        PatchKernel kernel = new PatchKernel(images, metric, ConvRfmOptions.Readout.FLAT, execution);
        DoubleMatrix k = kernel.centers(execution);
        assertClose(k.row(0), new double[] {4, 4.6464853206, 2.0722222549, 8.6019904554}, 1e-8, "K");
        DoubleMatrix y = DoubleMatrix.of(4, 2, new double[] {0, 1, 1, 0, 1, 1, 3, 0});
        DoubleMatrix alpha = DoubleCholesky.of(k, 0.1, DoubleKernels.plain(), ParallelFor.serial())
                .orElseThrow()
                .solve(y);
        assertClose(alpha.col(0), new double[] {-1.97381987, -1.35441030, .03548223, 1.66384537}, 1e-6, "alpha");
        DoubleMatrix moment = kernel.moment(alpha, new int[] {0, 1, 2, 3}, execution);
        assertClose(
                moment.values(), new double[] {.9735834536, .0442280499, .0442280499, 1.3880795453}, 1e-6, "moment");
    }

    /** Gradients with respect to patches against differences of predictions, patch by patch. */
    @Test
    void momentsAreThoseOfDifferences() {
        TestData data = TestData.seeded(11);
        Images images = Images.grey(2, 4, data.matrix(5, 8));
        Images query = Images.grey(2, 4, data.matrix(1, 8));
        DoubleMatrix alpha = data.matrix(6, 2);
        DoubleMatrix pixels = DoubleMatrix.of(
                6,
                8,
                java.util.stream.DoubleStream.concat(
                                java.util.Arrays.stream(images.pixels().values()),
                                java.util.Arrays.stream(query.pixels().values()))
                        .toArray());
        Images all = Images.grey(2, 4, pixels);
        for (int l = 0; l < 2; l++) {
            alpha.set(5, l, 0); // the query has no kink of its own
        }
        // Disjoint patches: a change of pixels changes one patch alone.
        Patches patches = new Patches(2, 2, 2, 0);
        DoubleMatrix half = data.matrix(4, 4);
        PatchMetric metric = new PatchMetric(patches, 1, half.times(half.transpose()));
        for (ConvRfmOptions.Readout readout : ConvRfmOptions.Readout.values()) {
            PatchKernel kernel = new PatchKernel(all, metric, readout, execution);
            DoubleMatrix expected = DoubleMatrix.zeros(4, 4);
            int[][] corners = {{0, 1, 4, 5}, {2, 3, 6, 7}};
            double step = 1e-5;
            for (int[] patch : corners) {
                DoubleMatrix gradient = DoubleMatrix.zeros(4, 2);
                for (int s = 0; s < 4; s++) {
                    DoubleMatrix up = output(kernel, metric, query, patch[s], step, alpha);
                    DoubleMatrix down = output(kernel, metric, query, patch[s], -step, alpha);
                    for (int l = 0; l < 2; l++) {
                        gradient.set(s, l, (up.get(0, l) - down.get(0, l)) / (2 * step));
                    }
                }
                DoubleMatrix outer = gradient.times(gradient.transpose());
                for (int k = 0; k < 16; k++) {
                    expected.values()[k] += outer.values()[k];
                }
            }
            DoubleMatrix found = kernel.moment(alpha, new int[] {5}, execution);
            double size = ml.refract.testing.Close.largest(expected.values());
            assertClose(found.values(), expected.values(), 1e-6 * size, "moment, " + readout);
        }
    }

    private DoubleMatrix output(
            PatchKernel kernel, PatchMetric metric, Images image, int pixel, double step, DoubleMatrix alpha) {
        DoubleMatrix moved = image.pixels().copy();
        moved.values()[pixel] += step;
        return kernel.against(Images.grey(2, 4, moved), metric, execution).times(alpha);
    }

    /** A filter at a random place among noise: 8 rows of 12 pixels, one of which is the label times the filter. */
    private static ConvRfm.Data task(int n, double noise, long seed) {
        TestData data = TestData.seeded(seed);
        DoubleMatrix pixels = data.matrix(n, 8 * 12);
        DoubleMatrix y = DoubleMatrix.zeros(n, 1);
        for (int i = 0; i < n; i++) {
            y.set(i, 0, data.below(2) == 0 ? -1 : 1);
            int row = data.below(8);
            for (int k = 0; k < 8 * 12; k++) {
                double value = k / 12 == row ? y.get(i, 0) : Math.sqrt(noise) * pixels.get(i, k);
                pixels.set(i, k, value / Math.sqrt(12));
            }
        }
        return new ConvRfm.Data(Images.grey(8, 12, pixels), y);
    }

    private static double[] ones(int length) {
        double[] result = new double[length];
        java.util.Arrays.fill(result, 1);
        return result;
    }

    private static double accuracy(DoubleMatrix outputs, DoubleMatrix y) {
        int right = 0;
        for (int i = 0; i < y.rows(); i++) {
            right += outputs.get(i, 0) * y.get(i, 0) > 0 ? 1 : 0;
        }
        return (double) right / y.rows();
    }

    @Test
    void findsTheFilterAndPredictsBetter() {
        ConvRfm.Data train = task(300, 3, 1);
        ConvRfm.Data test = task(600, 3, 2);
        ConvRfmOptions options = ConvRfmOptions.of(new Patches(1, 12, 1, 0))
                .withRidge(1)
                .withRounds(3)
                .withMomentImages(300);
        ConvRfm plain = ConvRfm.fit(train, Optional.empty(), options.withRounds(0), execution);
        ConvRfm learned = ConvRfm.fit(train, Optional.empty(), options, execution);
        assertThat(plain.metric().energyAlong(ones(12))).isCloseTo(1 / 12.0, within(1e-12));
        assertThat(learned.metric().energyAlong(ones(12))).isGreaterThan(0.6);
        assertThat(learned.bestRound()).isEqualTo(3);
        double before = accuracy(plain.predict(test.images(), execution), test.targets());
        double after = accuracy(learned.predict(test.images(), execution), test.targets());
        assertThat(after).isGreaterThan(before);
        double[] filter = learned.metric().filter(0).values();
        double sum = 0;
        for (double value : filter) {
            sum += value / Math.sqrt(12);
        }
        assertThat(Math.abs(sum)).isGreaterThan(0.9);
        // The same from one thread.
        try (Execution alone = Execution.builder().threads(1).build()) {
            assertThat(ConvRfm.fit(train, Optional.empty(), options, alone)
                            .metric()
                            .matrix())
                    .isEqualTo(learned.metric().matrix());
        }
    }

    @Test
    void imagesHeldOutChooseTheRound() {
        ConvRfmOptions options =
                ConvRfmOptions.of(new Patches(1, 12, 1, 0)).withRidge(0.1).withRounds(2);
        ConvRfm machine = ConvRfm.fit(task(80, 3, 3), Optional.of(task(80, 3, 4)), options, execution);
        double[] errors = machine.rounds().stream()
                .mapToDouble(ConvRfm.Round::heldOutError)
                .toArray();
        assertThat(errors).hasSize(3);
        int best = IntStream.range(0, 3).reduce(0, (a, b) -> errors[b] < errors[a] ? b : a);
        assertThat(machine.bestRound()).isEqualTo(best);
        assertThat(machine.metric()).isEqualTo(machine.rounds().get(best).metric());
    }

    @Test
    void deepMachinesLearnToo() {
        ConvRfm.Data train = task(120, 1, 5);
        ConvRfm.Data test = task(300, 1, 6);
        ConvRfmOptions first =
                ConvRfmOptions.of(new Patches(1, 12, 1, 0)).withRidge(0.1).withRounds(2);
        ConvRfmOptions second = first.withPatches(new Patches(1, 1, 1, 0)).withRounds(1);
        for (boolean relu : new boolean[] {true, false}) {
            DeepConvRfm deep = DeepConvRfm.fit(
                    train, Optional.empty(), List.of(first, second), new DeepConvRfm.Joint(16, relu), execution);
            assertThat(deep.machines()).hasSize(2);
            assertThat(deep.machines().get(1).metric().channels()).isEqualTo(16);
            assertThat(accuracy(deep.predict(test.images(), execution), test.targets()))
                    .isGreaterThan(0.8);
        }
        DeepConvRfm shallow =
                DeepConvRfm.fit(train, Optional.empty(), List.of(first), DeepConvRfm.Joint.standard(), execution);
        assertThat(shallow.predict(test.images(), execution))
                .isEqualTo(
                        ConvRfm.fit(train, Optional.empty(), first, execution).predict(test.images(), execution));
    }

    @Test
    void patchesLieWhereTheyShould() {
        Images images = new Images(
                2,
                3,
                2,
                DoubleMatrix.of(
                        1, 12, IntStream.rangeClosed(1, 12).asDoubleStream().toArray()));
        assertThat(new Patches(2, 2, 1, 0).of(images))
                .isEqualTo(DoubleMatrix.of(2, 8, new double[] {1, 2, 4, 5, 7, 8, 10, 11, 2, 3, 5, 6, 8, 9, 11, 12}));
        DoubleMatrix padded = new Patches(1, 2, 2, 1).of(images);
        assertThat(padded.rows()).isEqualTo(2 * 2);
        assertThat(padded.row(2)).containsExactly(0, 4, 0, 10);
        PatchMetric metric =
                new PatchMetric(new Patches(1, 1, 1, 0), 2, DoubleMatrix.of(2, 2, new double[] {4, 0, 0, 0}));
        assertThat(metric.sizes(images, 0)).isEqualTo(DoubleMatrix.of(2, 3, new double[] {2, 4, 6, 8, 10, 12}));
        assertThat(metric.response(images, 0, 0)).isEqualTo(DoubleMatrix.of(2, 3, new double[] {1, 2, 3, 4, 5, 6}));
        assertThat(metric.filter(0)).isEqualTo(DoubleMatrix.of(2, 1, new double[] {1, 0}));
    }

    @Test
    void wrongInputIsNamed() {
        assertThatThrownBy(() -> Images.grey(2, 2, DoubleMatrix.zeros(1, 5)))
                .hasMessage("Images of 2 x 2 pixels and 1 channels cannot have 5 numbers each");
        assertThatThrownBy(() -> new Patches(0, 1, 1, 0)).hasMessageContaining("got 0 x 1, stride 1");
        ConvRfm.Data data = task(10, 1, 7);
        assertThatThrownBy(() -> ConvRfm.fit(data, Optional.empty(), ConvRfmOptions.of(Patches.square(9)), execution))
                .hasMessageContaining("Patches of 9 x 9 do not fit into the images, whose side is 8");
        assertThatThrownBy(() -> new ConvRfmOptions(Patches.square(3), ConvRfmOptions.Readout.FLAT, -1, -1, 0, 0))
                .hasMessage(
                        "Invalid options: ridge must be between 1e-10 and 1e9, got -1.0; rounds must be between 0 and 1000, "
                                + "got -1; momentImages must be at least 1, got 0");
        assertThatThrownBy(() -> new ConvRfm.Data(data.images(), DoubleMatrix.zeros(9, 1)))
                .hasMessageContaining("10 images and a 9 x 1");
        ConvRfm machine = ConvRfm.fit(
                data, Optional.empty(), ConvRfmOptions.of(Patches.square(3)).withRounds(0), execution);
        assertThatThrownBy(() -> machine.predict(Images.grey(12, 8, DoubleMatrix.zeros(1, 96)), execution))
                .hasMessageContaining("must be of 8 x 12 pixels and 1 channels, got 12 x 8");
    }
}
