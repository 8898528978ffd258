package ml.refract.lab.experiment;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.image.ConvRfm;
import ml.refract.rfm.image.ConvRfmOptions;
import ml.refract.rfm.image.Images;
import ml.refract.rfm.image.Patches;

/** One row in sixteen carries the label along a filter; the patch moment finds the filter. */
final class ConvRfmFilter implements Experiment {
    private static final int ROWS = 16;
    private static final int WIDTH = 32;
    private static final double NOISE = 4;
    private static final int ROUNDS = 3;

    @Override
    public String id() {
        return "conv-rfm-filter";
    }

    @Override
    public String title() {
        return "ConvRFM finds the filter that matters";
    }

    @Override
    public String source() {
        return "Beaglehole, Radhakrishnan, Pandit and Belkin (arXiv 2309.00570), task of the authors' code";
    }

    @Override
    public String description() {
        return "Images of 16 rows of 32 pixels: one row, at a random place, is the label times a constant, the others are noise of four "
                + "times its size. The kernel is that of an infinitely wide network with one convolution over rows. The gradients of "
                + "the fit with respect to every row, put together, point along the constant row more and more, and a metric of "
                + "them makes better predictions.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int n = 500;
        ConvRfm.Data train = draw(n, Seeds.stream(settings.seed(), "train", 0));
        ConvRfm.Data test = draw(settings.pick(2_000, 10_000), Seeds.stream(settings.seed(), "test", 0));
        double[] filter = new double[WIDTH];
        Arrays.fill(filter, 1);
        ConvRfmOptions options =
                ConvRfmOptions.of(new Patches(1, WIDTH, 1, 0)).withRidge(1).withMomentImages(n);
        ConvRfm plain = ConvRfm.fit(
                train,
                Optional.empty(),
                options.withRounds(0),
                execution.withProgress(execution.progress().part(0, 0.2)));
        ConvRfm learned = ConvRfm.fit(
                train,
                Optional.empty(),
                options.withRounds(ROUNDS),
                execution.withProgress(execution.progress().part(0.2, 0.9)));
        double[] energy = learned.rounds().stream()
                .mapToDouble(round -> round.metric().energyAlong(filter))
                .toArray();
        double[] accuracy = {
            accuracy(plain.predict(test.images(), execution), test.targets()),
            accuracy(learned.predict(test.images(), execution), test.targets())
        };
        return LabResult.builder()
                .setup("images", n)
                .setup("images to test", test.images().count())
                .setup("noise", NOISE)
                .setup("ridge", 1)
                .panel(Panel.Chart.of(
                        "By round",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.linear("share"),
                        Curve.line("of the metric along the filter", energy),
                        Curve.dots("of new images told right", new double[] {0, ROUNDS}, accuracy)))
                .panel(new Panel.HeatMap(
                        "The metric on rows after 3 updates", learned.metric().matrix()))
                .claim(Claim.near(
                        "share of the first metric along the filter",
                        energy[0],
                        1.0 / WIDTH,
                        1e-12,
                        Claim.Basis.CLOSED_FORM,
                        "no preference among 32 directions"))
                .claim(Claim.atLeast(
                        "share of the last metric along the filter",
                        energy[ROUNDS],
                        0.6,
                        Claim.Basis.PAPER,
                        "the patch moment is the covariance of filters of trained networks; the task has one filter"))
                .claim(Claim.atLeast(
                        "gain in accuracy on new images",
                        accuracy[1] - accuracy[0],
                        0.05,
                        Claim.Basis.PAPER,
                        "features that are learned help on this task"))
                .build();
    }

    private static double accuracy(DoubleMatrix outputs, DoubleMatrix y) {
        int right = 0;
        for (int i = 0; i < y.rows(); i++) {
            right += outputs.get(i, 0) * y.get(i, 0) > 0 ? 1 : 0;
        }
        return (double) right / y.rows();
    }

    private static ConvRfm.Data draw(int n, SplittableRandom random) {
        DoubleMatrix pixels = Draws.normal(n, ROWS * WIDTH, random);
        DoubleMatrix y = DoubleMatrix.zeros(n, 1);
        for (int i = 0; i < n; i++) {
            y.set(i, 0, random.nextInt(2) == 0 ? -1 : 1);
            int row = random.nextInt(ROWS);
            for (int k = 0; k < ROWS * WIDTH; k++) {
                double value = k / WIDTH == row ? y.get(i, 0) : Math.sqrt(NOISE) * pixels.get(i, k);
                pixels.set(i, k, value / Math.sqrt(WIDTH));
            }
        }
        return new ConvRfm.Data(Images.grey(ROWS, WIDTH, pixels), y);
    }
}
