package ml.refract.lab.experiment;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import ml.refract.engine.Execution;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.linalg.DoubleCholesky;
import ml.refract.linalg.DoubleKernels;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.theory.GridInterpolationRisk;

/** On a circle no bandwidth makes interpolation of noise harmless, however many points there are; a ridge does. */
final class TorusFloor implements Experiment {
    private static final double NOISE = 0.25;
    private static final int SMALL = 41;
    /** Frequencies of the kernel that is also solved as a matrix; a grid of 820 points sees all of them. */
    private static final int FREQUENCIES = 400;

    @Override
    public String id() {
        return "torus-floor";
    }

    @Override
    public String title() {
        return "In one dimension interpolation never becomes harmless";
    }

    @Override
    public String source() {
        return "Beaglehole, Belkin and Pandit, SIAM Journal on Mathematics of Data Science 2023 (arXiv 2205.13525)";
    }

    @Override
    public String description() {
        return "A wave with noise of variance 1/4 on n points evenly around a circle, interpolated by kernels of every bandwidth; the "
                + "error is an exact sum over Fourier coefficients. Narrow kernels miss the wave, wide ones follow the noise, and the "
                + "least error over bandwidths is the same for every n. With a ridge in place of interpolation it falls with n.";
    }

    /** A kernel by its coefficients at frequency k for bandwidth t. */
    private interface Family {
        double at(double k, double t);
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int[] sizes = settings.pick(new int[] {101, 401}, new int[] {101, 401, 1601});
        int steps = settings.pick(40, 120);
        Family gaussian = (k, t) -> Math.exp(-Math.pow(k / t, 2));
        Family laplace = (k, t) -> 1 / (1 + Math.pow(k / t, 2));
        Family cauchy = (k, t) -> Math.exp(-k / t);
        Curve[] curves = new Curve[2 * sizes.length];
        double[][] floors = new double[3][sizes.length];
        double[] ridged = new double[sizes.length];
        for (int s = 0; s < sizes.length; s++) {
            execution.requireNotCancelled();
            execution.progress().report(sizes[s] + " points", (double) s / sizes.length);
            int n = sizes[s];
            double[] ratios = geometric(0.02, 20, steps); // n / t: the kernel's width by the spacing of the points
            double[] laplaceRisks = risks(laplace, ratios, n);
            double[] gaussianRisks = risks(gaussian, ratios, n);
            floors[0][s] = least(gaussianRisks);
            floors[1][s] = least(laplaceRisks);
            floors[2][s] = least(risks(cauchy, ratios, n));
            curves[2 * s] = Curve.line("Laplace, n = " + n, ratios, laplaceRisks);
            curves[2 * s + 1] = Curve.dashed("Gaussian, n = " + n, ratios, gaussianRisks);
            ridged[s] = least(Arrays.stream(geometric(1e-5, 10, steps))
                    .map(ridge -> new GridInterpolationRisk(TorusFloor::inverseSquare, n, ridge * n).risk(1, 1, NOISE))
                    .toArray());
        }
        double[] n = Arrays.stream(sizes).mapToDouble(size -> size).toArray();
        double plateau = new GridInterpolationRisk(TorusFloor::inverseSquare, sizes[0], 0).noiseFactor();
        double spread = 0;
        for (double[] floor : floors) {
            spread = Math.max(spread, Math.abs(floor[floor.length - 1] / floor[0] - 1));
        }
        return LabResult.builder()
                .setup("noise", NOISE)
                .setup("bandwidths", steps)
                .panel(Panel.Chart.of(
                        "Error of interpolation by bandwidth",
                        Panel.Axis.log("width of the kernel by the spacing of the points"),
                        Panel.Axis.linear("squared error"),
                        curves))
                .panel(Panel.Chart.of(
                        "Least error by points",
                        Panel.Axis.log("points"),
                        Panel.Axis.log("squared error"),
                        Curve.line("Gaussian, best bandwidth", n, floors[0]),
                        Curve.line("Laplace, best bandwidth", n, floors[1]),
                        Curve.line("Cauchy, best bandwidth", n, floors[2]),
                        Curve.dashed("k^-2, best ridge", n, ridged)))
                .claim(
                        Claim.atMost(
                                "largest relative change of the least error over bandwidths, from 101 to "
                                        + sizes[sizes.length - 1] + " points",
                                spread,
                                0.01,
                                Claim.Basis.PAPER,
                                "no bandwidth, chosen with n or not, makes ridgeless interpolation consistent in fixed dimension"))
                .claim(Claim.near(
                        "noise that interpolation with coefficients k^-2 shows, by its variance",
                        plateau,
                        2.0 / 3,
                        1e-3,
                        Claim.Basis.CLOSED_FORM,
                        "sum of (k + m)^-4 over the square of the sum of (k + m)^-2"))
                .claim(Claim.atMost(
                        "least error over ridges at " + sizes[sizes.length - 1] + " points over that at 101",
                        ridged[sizes.length - 1] / ridged[0],
                        0.5,
                        Claim.Basis.PAPER,
                        "a ridge makes the fit consistent"))
                .claim(Claim.near(
                        "error by the sum over that by solving the kernel matrix of 41 points",
                        byMatrix(laplace),
                        1,
                        1e-3,
                        Claim.Basis.IDENTITY,
                        "both are the same fit"))
                .build();
    }

    private static double inverseSquare(double k) {
        return k == 0 ? 1 : 1 / (k * k);
    }

    private static double[] risks(Family family, double[] ratios, int n) {
        return Arrays.stream(ratios)
                .map(ratio -> new GridInterpolationRisk(k -> family.at(k, n / ratio), n, 0).risk(1, 1, NOISE))
                .toArray();
    }

    private static double least(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double[] geometric(double from, double to, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = from * Math.pow(to / from, (double) i / (count - 1));
        }
        return values;
    }

    /** The sum formula over the error of a fit, both with a kernel of finitely many frequencies. */
    private static double byMatrix(Family family) {
        double t = 8;
        DoubleUnaryOperator cut = k -> k > FREQUENCIES ? 0 : family.at(k, t);
        double sum = new GridInterpolationRisk(cut, SMALL, 0).risk(1, 1, NOISE);
        int finer = 20;
        double[] kernel = new double[SMALL * finer];
        for (int p = 0; p < kernel.length; p++) {
            kernel[p] = cut.applyAsDouble(0);
            for (int k = 1; k <= FREQUENCIES; k++) {
                kernel[p] += 2 * cut.applyAsDouble(k) * Math.cos(2 * Math.PI * k * p / kernel.length);
            }
        }
        DoubleMatrix gram = DoubleMatrix.zeros(SMALL, SMALL);
        double[] wave = new double[SMALL];
        for (int i = 0; i < SMALL; i++) {
            wave[i] = Math.sqrt(2) * Math.cos(2 * Math.PI * i / SMALL);
            for (int j = 0; j < SMALL; j++) {
                gram.set(i, j, kernel[Math.abs(i - j) * finer]);
            }
        }
        DoubleMatrix weights = DoubleCholesky.of(gram, 0, DoubleKernels.plain(), ParallelFor.serial())
                .orElseThrow()
                .solve(DoubleMatrix.identity(SMALL));
        double error = 0;
        for (int p = 0; p < kernel.length; p++) {
            DoubleMatrix row = DoubleMatrix.zeros(1, SMALL);
            for (int i = 0; i < SMALL; i++) {
                row.set(0, i, kernel[Math.abs(p - i * finer)]);
            }
            double[] answers = row.times(weights).values();
            double fit = 0;
            for (int i = 0; i < SMALL; i++) {
                fit += answers[i] * wave[i];
                error += NOISE * answers[i] * answers[i] / kernel.length;
            }
            error += Math.pow(fit - Math.sqrt(2) * Math.cos(2 * Math.PI * p / kernel.length), 2) / kernel.length;
        }
        return sum / error;
    }
}
