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
import ml.refract.rfm.image.PatchMetric;
import ml.refract.rfm.image.Patches;

/** A kernel over patches that has to tell shapes apart, whatever their brightness, learns to look for edges. */
final class ConvRfmEdges implements Experiment {
    private static final int SIDE = 10;
    private static final int ROUNDS = 4;

    @Override
    public String id() {
        return "conv-rfm-edges";
    }

    @Override
    public String title() {
        return "ConvRFM learns to look for edges";
    }

    @Override
    public String source() {
        return "Beaglehole, Radhakrishnan, Pandit and Belkin (arXiv 2309.00570), edge detectors";
    }

    @Override
    public String description() {
        return "Boxes and plus signs of any place, size, brightness and background, with noise, are told apart by a kernel over patches "
                + "of 3 x 3 pixels. The label does not depend on brightness, so the metric that the patch moment learns should weigh "
                + "differences between pixels, not their mean. Its leading eigenvectors are filters for edges, and the size of "
                + "patches under it lights up at the outlines of an image it has not learned from.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int n = settings.pick(400, 2_000);
        ConvRfm.Data train = draw(n, Seeds.stream(settings.seed(), "train", 0));
        ConvRfm.Data test = draw(500, Seeds.stream(settings.seed(), "test", 0));
        ConvRfmOptions options = ConvRfmOptions.of(Patches.square(3))
                .withRidge(1e-3)
                .withRounds(ROUNDS)
                .withSeed(settings.seed());
        ConvRfm machine = ConvRfm.fit(train, Optional.empty(), options, execution);
        double[] flat = new double[9];
        Arrays.fill(flat, 1);
        double[] brightness = machine.rounds().stream()
                .mapToDouble(round -> round.metric().energyAlong(flat))
                .toArray();
        PatchMetric metric = machine.metric();
        Images picture = scene();
        double contrast = contrast(metric, picture);
        double before = accuracy(
                ConvRfm.fit(train, Optional.empty(), options.withRounds(0), execution)
                        .predict(test.images(), execution),
                test.targets());
        double after = accuracy(machine.predict(test.images(), execution), test.targets());
        return LabResult.builder()
                .setup("images", n)
                .setup("patches", "3 x 3")
                .setup("rounds", ROUNDS)
                .setup("accuracy on new images, without and with the metric", before + " and " + after)
                .panel(new Panel.HeatMap("First filter", metric.filter(0)))
                .panel(new Panel.HeatMap("Second filter", metric.filter(1)))
                .panel(new Panel.HeatMap(
                        "A picture",
                        DoubleMatrix.of(
                                picture.height(),
                                picture.width(),
                                picture.pixels().values())))
                .panel(new Panel.HeatMap("Its patches under the metric", metric.sizes(picture, 0)))
                .panel(Panel.Chart.of(
                        "Weight of brightness",
                        Panel.Axis.linear("updates of the metric"),
                        Panel.Axis.log("share of the metric"),
                        Curve.line("along a constant patch", brightness)))
                .claim(Claim.atMost(
                        "share of the metric along a constant patch, which is 1/9 without preference",
                        brightness[ROUNDS],
                        1.0 / 36,
                        Claim.Basis.CLOSED_FORM,
                        "the label does not depend on brightness"))
                .claim(
                        Claim.atLeast(
                                "mean size of patches on outlines over that on plain parts of a picture of the same brightness",
                                contrast,
                                2,
                                Claim.Basis.PAPER,
                                "learned patch metrics detect edges; without a preference it is 1, since all pixels are 1 or -1"))
                .build();
    }

    private static double accuracy(DoubleMatrix outputs, DoubleMatrix y) {
        int right = 0;
        for (int i = 0; i < y.rows(); i++) {
            right += outputs.get(i, 0) * y.get(i, 0) > 0 ? 1 : 0;
        }
        return (double) right / y.rows();
    }

    /** A disc and a square on a ground that is as bright as they are dark. */
    private static Images scene() {
        int side = 40;
        DoubleMatrix pixels = DoubleMatrix.zeros(1, side * side);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                pixels.set(0, y * side + x, inShape(y, x) ? -1 : 1);
            }
        }
        return Images.grey(side, side, pixels);
    }

    private static boolean inShape(int y, int x) {
        boolean disc = Math.pow(y - 13, 2) + Math.pow(x - 13, 2) < 64;
        boolean square = y >= 22 && y < 34 && x >= 20 && x < 34;
        return disc || square;
    }

    /** Mean size of patches with pixels of both kinds over that of patches with one. */
    private static double contrast(PatchMetric metric, Images picture) {
        DoubleMatrix sizes = metric.sizes(picture, 0);
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (int y = 0; y < sizes.rows(); y++) {
            for (int x = 0; x < sizes.cols(); x++) {
                int dark = 0;
                for (int k = 0; k < 9; k++) {
                    dark += inShape(y + k / 3, x + k % 3) ? 1 : 0;
                }
                int kind = dark == 0 || dark == 9 ? 0 : 1;
                sums[kind] += sizes.get(y, x);
                counts[kind]++;
            }
        }
        return sums[1] / counts[1] / (sums[0] / counts[0]);
    }

    private static ConvRfm.Data draw(int n, SplittableRandom random) {
        DoubleMatrix pixels = Draws.normal(n, SIDE * SIDE, random);
        DoubleMatrix y = DoubleMatrix.zeros(n, 1);
        for (int i = 0; i < n; i++) {
            boolean box = random.nextInt(2) == 0;
            y.set(i, 0, box ? 1 : -1);
            int size = 5 + 2 * random.nextInt(2);
            int top = random.nextInt(SIDE - size + 1);
            int left = random.nextInt(SIDE - size + 1);
            double ground = random.nextGaussian();
            double shape = ground + (random.nextInt(2) == 0 ? 1 : -1) * (1 + random.nextDouble());
            for (int k = 0; k < SIDE * SIDE; k++) {
                boolean inside = isInside(k / SIDE - top, k % SIDE - left, size, box);
                pixels.set(i, k, (inside ? shape : ground) + 0.2 * pixels.get(i, k));
            }
        }
        return new ConvRfm.Data(Images.grey(SIDE, SIDE, pixels), y);
    }

    private static boolean isInside(int v, int u, int size, boolean box) {
        boolean within = v >= 0 && v < size && u >= 0 && u < size;
        return within && (box || Math.abs(v - size / 2) <= 0 || Math.abs(u - size / 2) <= 0);
    }
}
