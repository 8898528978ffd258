package ml.refract.lab.experiment;

import java.util.Arrays;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.engine.Seeds;
import ml.refract.kernel.Kernel;
import ml.refract.kernel.Metric;
import ml.refract.lab.Claim;
import ml.refract.lab.Curve;
import ml.refract.lab.Experiment;
import ml.refract.lab.LabResult;
import ml.refract.lab.LabSettings;
import ml.refract.lab.Panel;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.theory.Diagnosis;
import ml.refract.theory.EmpiricalSpectrum;
import ml.refract.theory.LearningCurve;

/** The error of fits on few rows, and on more, told before any is made. */
final class LearningCurves implements Experiment {
    private static final int COORDINATES = 8;
    private static final int CLASSES = 3;
    private static final double CLAIMED = 0.15;

    @Override
    public String id() {
        return "learning-curve";
    }

    @Override
    public String title() {
        return "Learning curves before learning";
    }

    @Override
    public String source() {
        return "Mallinar and others, NeurIPS 2022 (arXiv 2207.06569); Simon, Karkada, Ghosh and Belkin, ICLR 2024 (arXiv 2311.14646)";
    }

    @Override
    public String description() {
        return "From the eigenvalues of one kernel matrix of N rows and their targets' coefficients theory predicts the error of "
                + "fits on n of these rows, at every ridge. Beside it stand the errors that leaving rows out of such fits shows, for "
                + "a noisy function and for three classes, in eight coordinates, under a Laplace kernel. What the measured curve "
                + "leads to expect at 2 N rows is held against 2 N rows. The same on real tables is in docs/benchmarks/diagnose.md.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int n = settings.pick(800, 2_000);
        LabResult.Builder result = LabResult.builder()
                .setup("rows", n)
                .setup("kernel", "Laplace, bandwidth 5")
                .setup("noise", "a quarter of the variance; classes that overlap");
        add("a function", Task.function(2 * n, settings.seed()), n, result, execution, 0);
        add("three classes", Task.classes(2 * n, settings.seed()), n, result, execution, 1);
        return result.build();
    }

    private static void add(String name, Task task, int n, LabResult.Builder result, Execution execution, int half) {
        Diagnosis part = task.first(n)
                .diagnose(execution.withProgress(execution.progress().part(half * 0.5, half * 0.5 + 0.1)));
        Diagnosis all =
                task.diagnose(execution.withProgress(execution.progress().part(half * 0.5 + 0.1, half * 0.5 + 0.5)));
        LearningCurve measured = part.curve();
        EmpiricalSpectrum spectrum = part.spectrum();
        double[] sizes = measured.samples();
        double[] theory = Arrays.stream(sizes)
                .map(size -> size < n / 2.5 ? spectrum.bestTestError(size, part.ridges()) : Double.NaN)
                .toArray();
        LearningCurve.Forecast twice = part.forecast(2.0 * n - 1);
        Diagnosis.Level quarter = part.levels().get(part.levels().size() - 3);
        int ridges = part.ridges().length;
        double[] byRidge = new double[ridges];
        double[] ridgeTheory = new double[ridges];
        double worst = 0;
        for (int r = 0; r < ridges; r++) {
            byRidge[r] = quarter.error(r);
            ridgeTheory[r] = spectrum.testError(quarter.samples(), part.ridges()[r]);
            worst = Math.max(worst, Math.abs(ridgeTheory[r] / byRidge[r] - 1));
        }
        result.panel(Panel.Chart.of(
                        "Error of " + name + ", at the best ridge",
                        Panel.Axis.log("rows"),
                        Panel.Axis.linear("squared error"),
                        Curve.line("measured", sizes, measured.errors()),
                        Curve.dashed("theory", sizes, theory),
                        Curve.dots("expected at 2 N", new double[] {2 * n - 1, 2 * n - 1}, new double[] {
                            twice.low(), twice.high()
                        }),
                        Curve.dots("measured at 2 N", new double[] {2 * n - 1}, new double[] {all.error()})))
                .panel(Panel.Chart.of(
                        "A quarter of the rows, by ridge",
                        Panel.Axis.log("ridge"),
                        Panel.Axis.linear("squared error"),
                        Curve.line("measured", part.ridges(), byRidge),
                        Curve.dashed("theory", part.ridges(), ridgeTheory)))
                .claim(
                        Claim.atMost(
                                name
                                        + ": largest relative difference between theory and measured errors up to N/3 rows",
                                part.theoryMiss(),
                                CLAIMED,
                                Claim.Basis.CLOSED_FORM,
                                "the eigenframework with the spectrum of the sample and the correction for rows that were learned from"))
                .claim(Claim.atMost(
                        name + ": the same over ridges from 1e-6 to 10, at N/4 rows",
                        worst,
                        CLAIMED,
                        Claim.Basis.CLOSED_FORM,
                        "the eigenframework"))
                .claim(Claim.near(
                        name + ": error expected at 2 N rows over that measured",
                        twice.middle() / all.error(),
                        1,
                        CLAIMED,
                        Claim.Basis.IDENTITY,
                        "the measurement itself"));
    }

    /** Rows with targets. */
    private record Task(DoubleMatrix x, DoubleMatrix y, long seed) {
        static Task function(int n, long seed) {
            SplittableRandom random = Seeds.stream(seed, "function", 0);
            DoubleMatrix x = Draws.normal(n, COORDINATES, random);
            DoubleMatrix y = DoubleMatrix.zeros(n, 1);
            for (int i = 0; i < n; i++) {
                double signal =
                        Math.sin(x.get(i, 0)) + 0.5 * x.get(i, 1) * x.get(i, 2) + 0.6 * Math.abs(x.get(i, 3)) - 0.48;
                y.set(i, 0, signal + 0.5 * random.nextGaussian());
            }
            return new Task(x, y, seed);
        }

        static Task classes(int n, long seed) {
            SplittableRandom random = Seeds.stream(seed, "classes", 0);
            DoubleMatrix means = Draws.normal(2 * CLASSES, COORDINATES, random);
            DoubleMatrix x = Draws.normal(n, COORDINATES, random);
            DoubleMatrix y = DoubleMatrix.zeros(n, CLASSES);
            for (int i = 0; i < n; i++) {
                int cluster = random.nextInt(2 * CLASSES);
                for (int s = 0; s < COORDINATES; s++) {
                    x.set(i, s, x.get(i, s) + means.get(cluster, s));
                }
                y.set(i, cluster % CLASSES, 1);
            }
            return new Task(x, y, seed);
        }

        Task first(int n) {
            int[] rows = java.util.stream.IntStream.range(0, n).toArray();
            return new Task(x.select(rows), y.select(rows), seed);
        }

        Diagnosis diagnose(Execution execution) {
            return Diagnosis.of(Design.of(x), y, Kernel.laplace(5, 1), Metric.identity(), seed, execution);
        }
    }
}
