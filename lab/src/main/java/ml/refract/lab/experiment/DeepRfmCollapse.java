package ml.refract.lab.experiment;

import java.util.List;
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
import ml.refract.rfm.deep.DeepRfm;
import ml.refract.rfm.deep.DeepRfmOptions;
import ml.refract.rfm.deep.NeuralCollapse;
import ml.refract.task.Scores;

/** Class by class, training rows shrink to points, layer by layer, and it is the metric that draws them together. */
final class DeepRfmCollapse implements Experiment {
    private static final int CLASSES = 10;
    private static final int SIDE = 12;
    private static final int LAYERS = 6;

    @Override
    public String id() {
        return "deep-rfm-collapse";
    }

    @Override
    public String title() {
        return "Deep RFM collapses classes as deep networks do";
    }

    @Override
    public String source() {
        return "Beaglehole, Sukenik, Mondelli and Belkin, NeurIPS 2024 (arXiv 2402.13728)";
    }

    @Override
    public String description() {
        return "Images of ten classes, each a random pattern of waves, are shifted, deformed and covered by noise. Every layer solves a "
                + "kernel machine, multiplies by the root of its gradient moment M, and applies random ReLU features. Scatter within "
                + "classes over scatter between them (NC1) falls from layer to layer, by the multiplication and not by the features, "
                + "and class means form a simplex (NC2). Beside it the same for rows that were not learned from.";
    }

    @Override
    public LabResult run(LabSettings settings, Execution execution) {
        int n = settings.pick(500, 1_500);
        int width = settings.pick(192, 512);
        DoubleMatrix patterns = patterns(Seeds.stream(settings.seed(), "patterns", 0));
        Sample train = Sample.draw(n, patterns, Seeds.stream(settings.seed(), "train", 0));
        Sample test = Sample.draw(n, patterns, Seeds.stream(settings.seed(), "test", 0));
        DeepRfmOptions options =
                DeepRfmOptions.defaults().withLayers(LAYERS).withWidth(width).withSeed(settings.seed());
        DeepRfm machine = DeepRfm.fit(train.x, train.targets(), options, execution);
        List<DeepRfm.Stage> stages = machine.stages(train.x, execution);
        List<DeepRfm.Stage> unseen = machine.stages(test.x, execution);
        double[] inputs = new double[LAYERS];
        double[] projected = new double[LAYERS];
        double[] features = new double[LAYERS];
        double[] tested = new double[LAYERS];
        double[] simplex = new double[LAYERS];
        double projection = 0;
        double nonlinearity = Double.POSITIVE_INFINITY;
        double step = 0;
        for (int l = 0; l < LAYERS; l++) {
            NeuralCollapse now = NeuralCollapse.of(stages.get(l).inputs(), train.labels, CLASSES);
            inputs[l] = now.withinOverBetween();
            simplex[l] = now.simplexMiss();
            projected[l] = nc1(stages.get(l).projected(), train);
            features[l] = nc1(stages.get(l).features(), train);
            tested[l] = nc1(unseen.get(l).inputs(), test);
            projection = Math.max(projection, projected[l] / inputs[l]);
            nonlinearity = Math.min(nonlinearity, features[l] / projected[l]);
            step = l > 0 ? Math.max(step, inputs[l] / inputs[l - 1]) : step;
        }
        double[] layer = {1, 2, 3, 4, 5, 6};
        double plain = test.accuracy(machine.predict(test.x, 1, execution));
        double deep = test.accuracy(machine.predict(test.x, execution));
        return LabResult.builder()
                .setup("rows", n)
                .setup("classes", CLASSES)
                .setup("width", width)
                .setup("kernel", "Laplace, bandwidth 2")
                .setup("accuracy on new rows, first and last layer", plain + " and " + deep)
                .panel(Panel.Chart.of(
                        "Scatter within classes over between (NC1)",
                        Panel.Axis.linear("layer"),
                        Panel.Axis.log("NC1"),
                        Curve.line("rows", layer, inputs),
                        Curve.line("times the root of M", layer, projected),
                        Curve.line("random features", layer, features),
                        Curve.dashed("rows not learned from", layer, tested)))
                .panel(Panel.Chart.of(
                        "Distance of class means from a simplex (NC2)",
                        Panel.Axis.linear("layer"),
                        Panel.Axis.log("NC2"),
                        Curve.line("rows", layer, simplex)))
                .claim(Claim.atMost(
                        "largest NC1 of a layer's rows over that of the layer before",
                        step,
                        1,
                        Claim.Basis.PAPER,
                        "NC1 falls with depth"))
                .claim(Claim.atLeast(
                        "NC1 of the first layer's rows over that of the sixth",
                        inputs[0] / inputs[LAYERS - 1],
                        30,
                        Claim.Basis.PAPER,
                        "figures of the paper; on 1,000 scanned digits six layers make 70"))
                .claim(Claim.atMost(
                        "largest NC1 after over before the multiplication by the root of M",
                        projection,
                        0.5,
                        Claim.Basis.PAPER,
                        "collapse happens in the projection"))
                .claim(Claim.atLeast(
                        "least NC1 after over before the random features",
                        nonlinearity,
                        1,
                        Claim.Basis.PAPER,
                        "and not in the nonlinearity"))
                .build();
    }

    private static double nc1(DoubleMatrix rows, Sample sample) {
        return NeuralCollapse.of(rows, sample.labels, CLASSES).withinOverBetween();
    }

    /** Amplitudes, directions and phases of three waves a class. */
    private static DoubleMatrix patterns(SplittableRandom random) {
        return Draws.normal(CLASSES, 12, random);
    }

    /** Images, one a row, and their classes. */
    private record Sample(DoubleMatrix x, int[] labels) {
        static Sample draw(int n, DoubleMatrix patterns, SplittableRandom random) {
            DoubleMatrix x = Draws.normal(n, SIDE * SIDE, random);
            int[] labels = new int[n];
            for (int i = 0; i < n; i++) {
                labels[i] = i % CLASSES;
                double down = random.nextGaussian();
                double across = random.nextGaussian();
                double stretch = 1 + 0.1 * random.nextGaussian();
                for (int k = 0; k < SIDE * SIDE; k++) {
                    double v = stretch * (k / SIDE) + down;
                    double u = stretch * (k % SIDE) + across;
                    double value = 0;
                    for (int w = 0; w < 3; w++) {
                        double[] wave = {
                            patterns.get(labels[i], 4 * w),
                            patterns.get(labels[i], 4 * w + 1),
                            patterns.get(labels[i], 4 * w + 2),
                            patterns.get(labels[i], 4 * w + 3)
                        };
                        value += wave[0] * Math.sin(0.35 * (wave[1] * v + wave[2] * u) + 3 * wave[3]);
                    }
                    x.set(i, k, value + 0.7 * x.get(i, k));
                }
            }
            return new Sample(x, labels);
        }

        DoubleMatrix targets() {
            DoubleMatrix y = DoubleMatrix.zeros(labels.length, CLASSES);
            for (int i = 0; i < labels.length; i++) {
                for (int c = 0; c < CLASSES; c++) {
                    y.set(i, c, labels[i] == c ? 1 : -1);
                }
            }
            return y;
        }

        double accuracy(DoubleMatrix outputs) {
            return Scores.accuracy(labels, Scores.argmax(outputs, CLASSES));
        }
    }
}
