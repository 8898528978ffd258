package ml.refract.lab.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import ml.refract.concept.Concept;
import ml.refract.concept.ConceptProbe;
import ml.refract.concept.ConceptTargets;
import ml.refract.concept.Method;
import ml.refract.concept.ProbeOptions;
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
import ml.refract.linalg.Vectors;
import ml.refract.task.HoldOut;

/** A direction behind labels, hidden in rows that vary far more along a few columns. */
final class ConceptVector implements Experiment {
    private static final int COLUMNS = 128;
    private static final int ROWS = 600;
    private static final int CHOOSING = 150;
    private static final int ROUNDS = 5;
    private static final int LOUD = 16;
    private static final double LOUDNESS = 6;
    private static final double NOISE = 0.1;

    @Override
    public String id() {
        return "concept-vector";
    }

    @Override
    public String title() {
        return "RFM finds the direction of a concept where the difference of means points elsewhere";
    }

    @Override
    public String source() {
        return "RFM concept vectors for steering, 2026 (arXiv 2602.11395), with made-up activations in place of a network's";
    }

    @Override
    public String description() {
        return "Rows of 128 normal numbers are labelled by the sign of their product with a hidden direction, plus a little noise. Where all "
                + "columns vary alike, the difference of the means of both kinds points along the direction. Where sixteen columns "
                + "vary six times as much, as some columns of a network's activations do, it points along those; the first eigenvector of "
                + "the gradient moment of RFM does not. A rule as plain as this one is found by a ridge regression, too: see the dots.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int seeds = settings.pick(5, 20);
        Cosines alike = Cosines.of(1, seeds, settings.seed(), part(execution, 0, 0.5));
        Cosines loud = Cosines.of(LOUDNESS, seeds, settings.seed(), part(execution, 0.5, 1));
        return LabResult.builder()
                .setup("rows", ROWS)
                .setup("columns", COLUMNS)
                .setup("kernel", "Laplace, bandwidth 10")
                .setup("ridge", 1e-3)
                .setup("largest diagonal entry of the metric", 1)
                .setup("seeds", seeds)
                .panel(alike.panel("All columns vary alike"))
                .panel(loud.panel("Sixteen columns vary six times as much"))
                .claim(Claim.atLeast(
                        "cosine of RFM less that of the difference of means, sixteen columns loud, mean over seeds",
                        loud.rfm[ROUNDS - 1] - loud.means,
                        0.25,
                        Claim.Basis.PAPER,
                        "on the hardest class 30.5 % against 6.2 % of images"))
                .claim(Claim.atLeast(
                        "cosine of RFM, all columns alike, mean over seeds",
                        alike.rfm[ROUNDS - 1],
                        alike.means,
                        Claim.Basis.PAPER,
                        "never behind the difference of means"))
                .build();
    }

    private static Execution part(Execution execution, double from, double to) {
        return execution.withProgress(execution.progress().part(from, to));
    }

    /**
     * Sizes of cosines with the hidden direction, means over seeds.
     *
     * @param rfm after 1, 2, ... updates
     */
    private record Cosines(double[] rfm, double means, double ridge) {
        static Cosines of(double loudness, int seeds, long seed, Execution execution) {
            double[] rfm = new double[ROUNDS];
            double means = 0;
            double ridge = 0;
            Execution quiet = execution.withProgress(Progress.none());
            for (int s = 0; s < seeds; s++) {
                execution.progress().report("seed " + s, (double) s / seeds);
                Labelled data = Labelled.draw(loudness, Seeds.stream(seed, "concept-vector", s));
                for (int t = 0; t < ROUNDS; t++) {
                    rfm[t] += data.cosine(Method.RFM, t + 1, 0, quiet) / seeds;
                }
                means += data.cosine(Method.MEAN_DIFFERENCE, 1, 0, quiet) / seeds;
                ridge += data.cosine(Method.RIDGE, 1, CHOOSING, quiet) / seeds;
            }
            return new Cosines(rfm, means, ridge);
        }

        Panel panel(String title) {
            double[] rounds = IntStream.rangeClosed(1, ROUNDS).asDoubleStream().toArray();
            List<Curve> curves = new ArrayList<>();
            curves.add(Curve.line("RFM", rounds, rfm));
            curves.add(Curve.line("difference of means", rounds, constant(means)));
            curves.add(Curve.dots("ridge regression", rounds, constant(ridge)));
            return Panel.Chart.of(
                    title,
                    Panel.Axis.linear("updates of the metric"),
                    Panel.Axis.linear("cosine with the hidden direction"),
                    curves.toArray(Curve[]::new));
        }

        private static double[] constant(double value) {
            double[] values = new double[ROUNDS];
            Arrays.fill(values, value);
            return values;
        }
    }

    /** Rows, their labels and what is behind them. */
    private record Labelled(DoubleMatrix rows, double[] labels, double[] direction) {
        static Labelled draw(double loudness, SplittableRandom random) {
            DoubleMatrix rows = Draws.normal(ROWS + CHOOSING, COLUMNS, random);
            double[] direction = Draws.normal(1, COLUMNS, random).values();
            double length = Math.sqrt(Vectors.dot(direction, direction, 0));
            double[] labels = new double[rows.rows()];
            for (int i = 0; i < labels.length; i++) {
                double sum = NOISE * random.nextGaussian();
                for (int s = 0; s < COLUMNS; s++) {
                    double value = rows.get(i, s) * (s < LOUD ? loudness : 1);
                    rows.set(i, s, value);
                    sum += value * direction[s] / length;
                }
                labels[i] = sum > 0 ? 1 : 0;
            }
            return new Labelled(rows, labels, direction);
        }

        double cosine(Method method, int iterations, int choosing, Execution execution) {
            ProbeOptions options = ProbeOptions.defaults().toBuilder()
                    .method(method)
                    .unitRows(false)
                    .centredGradients(false)
                    .bandwidths(10.0)
                    .iterations(iterations)
                    .build();
            HoldOut.Parts parts = new HoldOut.Parts(
                    IntStream.range(0, ROWS).toArray(),
                    IntStream.range(ROWS, ROWS + choosing).toArray());
            Concept concept = ConceptProbe.extract(rows, ConceptTargets.of(labels), parts, options, execution);
            double[] found = concept.vector();
            double length = Math.sqrt(Vectors.dot(direction, direction, 0) * Vectors.dot(found, found, 0));
            return Math.abs(Vectors.dot(found, direction, 0)) / length;
        }
    }
}
