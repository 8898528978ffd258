package ml.refract.lab.experiment;

import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.wide.KernelCompletion;
import ml.refract.wide.PixelNetwork;

/** Half of the pixels of an image from the other half, with networks of infinite width of one, two and three scales. */
final class InpaintingByDepth implements Experiment {
    private static final int SCALES = 3;
    private static final double SHOWN = 0.5;

    @Override
    public String id() {
        return "inpainting-by-depth";
    }

    @Override
    public String title() {
        return "Deeper convolutional networks of infinite width fill in images better";
    }

    @Override
    public String source() {
        return "Radhakrishnan, Stefanakis, Belkin and Uhler, PNAS 2022 (arXiv 2108.00131); one made-up image";
    }

    @Override
    public String description() {
        return "Half of the pixels of a made-up image, areas of one colour over a wave, are predicted from the others by the tangent "
                + "kernel between pixels of a convolutional network that halves and doubles the image one, two or three "
                + "times. Each halving lets pixels further apart learn from each other. On an image as simple as this "
                + "one the nearest pixel predicts better still: the experiment shows what depth adds, not how to fill in "
                + "images best.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int side = settings.pick(32, 48);
        int masks = settings.pick(3, 10);
        double[] image = image(side);
        double[] quality = new double[SCALES];
        double[] scales = new double[SCALES];
        double[] nearest = new double[SCALES];
        double asymmetry = 0;
        double negative = 0;
        DoubleMatrix shown = DoubleMatrix.zeros(side, side);
        DoubleMatrix filled = shown;
        for (int s = 0; s < SCALES; s++) {
            execution.requireNotCancelled();
            Progress part = execution.progress().part((double) s / SCALES, (s + 1.0) / SCALES);
            DoubleMatrix kernel = PixelNetwork.ofScales(s + 1).kernel(side, execution.withProgress(part));
            SymmetricEigen eigen = SymmetricEigen.of(
                    kernel,
                    execution.engine().doubleKernels(),
                    execution.workers(),
                    share -> execution.requireNotCancelled());
            asymmetry = Math.max(asymmetry, asymmetry(kernel) / eigen.value(0));
            negative = Math.max(negative, -eigen.value(eigen.size() - 1) / eigen.value(0));
            scales[s] = s + 1;
            for (int m = 0; m < masks; m++) {
                double[] some = hidden(image, Seeds.stream(settings.seed(), "inpainting mask", m));
                DoubleMatrix completed = new KernelCompletion(kernel)
                        .complete(
                                DoubleMatrix.of(1, some.length, some), 1e-10, execution.withProgress(Progress.none()));
                quality[s] += psnr(completed.values(), image, some) / masks;
                nearest[s] += psnr(nearest(some, side), image, some) / masks;
                if (s == SCALES - 1 && m == 0) {
                    shown = picture(some, side);
                    filled = picture(completed.values(), side);
                }
            }
        }
        return LabResult.builder()
                .setup("side", side)
                .setup("pixels shown", "one half")
                .setup("masks", masks)
                .setup("network", "leaky ReLU, windows of 3 x 3, bilinear upsampling")
                .panel(Panel.Chart.of(
                        "Quality of what was filled in",
                        Panel.Axis.linear("times the image is halved"),
                        Panel.Axis.linear("PSNR of hidden pixels (dB)"),
                        Curve.line("network", scales, quality),
                        Curve.dashed("nearest pixel", scales, nearest)))
                .panel(new Panel.HeatMap("The image", picture(image, side)))
                .panel(new Panel.HeatMap("What was shown", shown))
                .panel(new Panel.HeatMap("What the network made of it", filled))
                .claim(Claim.atLeast(
                        "decibels that the second halving adds",
                        quality[1] - quality[0],
                        0,
                        Claim.Basis.PAPER,
                        "deeper networks fill in better; the published ones halve six times at 128 x 128"))
                .claim(Claim.atLeast(
                        "decibels that the third halving adds",
                        quality[2] - quality[1],
                        0,
                        Claim.Basis.PAPER,
                        "the same"))
                .claim(Claim.atMost(
                        "largest difference of a kernel from its transpose over its largest eigenvalue",
                        asymmetry,
                        1e-14,
                        Claim.Basis.IDENTITY,
                        "K(p, q) = K(q, p)"))
                .claim(Claim.atMost(
                        "most negative eigenvalue of a kernel over its largest",
                        negative,
                        1e-12,
                        Claim.Basis.IDENTITY,
                        "kernels of networks are positive semidefinite"))
                .build();
    }

    /** A wave, a disc and a box. */
    private static double[] image(int side) {
        double[] result = new double[side * side];
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                double y = (double) i / side;
                double x = (double) j / side;
                double value = 0.5 + 0.2 * Math.sin(2 * Math.PI * (2 * x + y));
                if (Math.hypot(x - 0.35, y - 0.4) < 0.2) {
                    value = 0.95;
                }
                if (x > 0.55 && x < 0.9 && y > 0.5 && y < 0.85) {
                    value = 0.1;
                }
                result[i * side + j] = value;
            }
        }
        return result;
    }

    /** The image with a share of its pixels unknown. */
    private static double[] hidden(double[] image, SplittableRandom random) {
        double[] result = image.clone();
        for (int p = 0; p < result.length; p++) {
            if (random.nextDouble() >= SHOWN) {
                result[p] = Double.NaN;
            }
        }
        return result;
    }

    private static double[] nearest(double[] some, int side) {
        double[] result = some.clone();
        for (int p = 0; p < some.length; p++) {
            double least = Double.POSITIVE_INFINITY;
            for (int q = 0; Double.isNaN(some[p]) && q < some.length; q++) {
                double distance = Math.hypot(p / side - q / side, p % side - q % side);
                if (!Double.isNaN(some[q]) && distance < least) {
                    least = distance;
                    result[p] = some[q];
                }
            }
        }
        return result;
    }

    /** 10 log10 of 1 over the mean squared error of the pixels that were hidden; the image goes from 0 to 1. */
    private static double psnr(double[] completed, double[] image, double[] some) {
        double sum = 0;
        int count = 0;
        for (int p = 0; p < image.length; p++) {
            if (Double.isNaN(some[p])) {
                sum += Math.pow(completed[p] - image[p], 2);
                count++;
            }
        }
        return -10 * Math.log10(sum / count);
    }

    private static double asymmetry(DoubleMatrix kernel) {
        double largest = 0;
        for (int p = 0; p < kernel.rows(); p++) {
            for (int q = 0; q < p; q++) {
                largest = Math.max(largest, Math.abs(kernel.get(p, q) - kernel.get(q, p)));
            }
        }
        return largest;
    }

    /** Colours from 0 to 1; unknown pixels are white. */
    private static DoubleMatrix picture(double[] pixels, int side) {
        double[] known = new double[pixels.length];
        for (int p = 0; p < known.length; p++) {
            known[p] = Double.isNaN(pixels[p]) ? 0 : Math.max(0, Math.min(1, pixels[p]));
        }
        return DoubleMatrix.of(side, side, known);
    }
}
