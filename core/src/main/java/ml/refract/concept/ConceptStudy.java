package ml.refract.concept;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;
import ml.refract.task.HoldOut;
import ml.refract.task.Scores;

/**
 * Extracts a concept from several layers by several methods and tells how well each detects it in rows that had no part in
 * it. Layers are read one after the other and let go, so that one at a time is in memory.
 */
public final class ConceptStudy {
    /** Directions whose projections a read-out takes (specification of the concept probe, section 1.6.3). */
    public static final int DETECTION_COMPONENTS = 10;

    private ConceptStudy() {}

    /**
     * A matrix of activations that can be read.
     *
     * @param name for reports
     * @param rows reads it: n x d, rows in the order of the targets
     */
    public record Layer(String name, Supplier<? extends Rows> rows) {}

    /**
     * A way to divide the rows: those learned from, those that choose, and those that are only scored.
     *
     * @param parts to learn from and to choose by
     * @param test scored rows; may be empty
     */
    public record Division(HoldOut.Parts parts, int[] test) {
        /** Divides the rows that are not in a test part by {@link ConceptProbe#split}. */
        public static Division of(ConceptTargets targets, HoldOut.Parts learnAndTest, long seed) {
            int[] learn = learnAndTest.train();
            HoldOut.Parts inner = ConceptProbe.split(targets.select(learn), seed);
            return new Division(
                    new HoldOut.Parts(pick(learn, inner.train()), pick(learn, inner.heldOut())),
                    learnAndTest.heldOut());
        }

        private static int[] pick(int[] from, int[] positions) {
            return Arrays.stream(positions).map(i -> from[i]).toArray();
        }
    }

    /**
     * How well a concept is detected in the test rows of one division.
     *
     * @param validation area under the ROC curve of the read-out on the rows that chose it; correlation for numbers
     * @param first the same on test rows, of the projection on the first direction alone; NaN for several layers together
     * @param score the same on test rows, of the read-out of all projections
     * @param accuracy share of test rows whose calibrated probability is on the right side of one half; NaN for numbers
     */
    public record Detection(double validation, double first, double score, double accuracy) {
        /** The mean of each number. */
        public static Detection mean(List<Detection> detections) {
            return new Detection(
                    mean(detections.stream().mapToDouble(Detection::validation).toArray()),
                    mean(detections.stream().mapToDouble(Detection::first).toArray()),
                    mean(detections.stream().mapToDouble(Detection::score).toArray()),
                    mean(detections.stream().mapToDouble(Detection::accuracy).toArray()));
        }

        private static double mean(double[] values) {
            return Arrays.stream(values).average().orElse(Double.NaN);
        }
    }

    /**
     * What one method found in one layer.
     *
     * @param layer name of the layer
     * @param concept directions, extracted under the last division
     * @param detections one for each division with test rows
     */
    public record LayerResult(String layer, Concept concept, List<Detection> detections) {}

    /**
     * What one method found.
     *
     * @param method the method
     * @param layers one for each layer, in their order
     * @param together detection by the projections of all layers side by side, one for each division with test rows; empty
     *     with a single layer
     */
    public record MethodResult(Method method, List<LayerResult> layers, List<Detection> together) {}

    /**
     * Extracts by every method from every layer under every division.
     *
     * @param divisions at least one; the directions that are returned come from the last
     * @param methods at least one
     * @param options of all methods but their own name
     * @throws IllegalArgumentException as {@link ConceptProbe#extract} does, or when a layer has another number of rows
     */
    public static List<MethodResult> run(
            List<Layer> layers,
            ConceptTargets targets,
            List<Division> divisions,
            List<Method> methods,
            ProbeOptions options,
            Execution execution) {
        if (divisions.isEmpty()) {
            throw new IllegalArgumentException("A study needs at least one division of the rows");
        }
        List<Found> found = methods.stream()
                .map(method ->
                        new Found(options.toBuilder().method(method).build(), new ArrayList<>(), new ArrayList<>()))
                .toList();
        double total = layers.size() * methods.size();
        int done = 0;
        for (Layer layer : layers) {
            Rows rows = read(layer, targets);
            for (Found one : found) {
                Progress part = execution.progress().part(done / total, (done + 1) / total);
                one.add(layer, rows, targets, divisions, execution.withProgress(part));
                done++;
            }
        }
        return found.stream()
                .map(one -> one.result(targets, divisions, execution))
                .toList();
    }

    /**
     * What one method has found so far.
     *
     * @param projections of all rows: for each layer, for each division with test rows
     */
    private record Found(ProbeOptions options, List<LayerResult> layers, List<List<DoubleMatrix>> projections) {

        void add(Layer layer, Rows rows, ConceptTargets targets, List<Division> divisions, Execution execution) {
            List<Detection> detections = new ArrayList<>();
            List<DoubleMatrix> projected = new ArrayList<>();
            for (int k = 0; k < divisions.size(); k++) {
                Division division = divisions.get(k);
                double share = divisions.size();
                Progress part = execution.progress().part(k / share, (k + 1) / share);
                Concept concept = extract(layer, rows, targets, division, options, execution.withProgress(part));
                if (division.test().length > 0) {
                    DoubleMatrix all = concept.project(rows);
                    projected.add(all);
                    detections.add(detect(all, targets, division, List.of(Readout.Kind.RIDGE), true, execution));
                }
                if (k == divisions.size() - 1) {
                    layers.add(new LayerResult(layer.name(), concept, List.copyOf(detections)));
                }
            }
            projections.add(projected);
        }

        MethodResult result(ConceptTargets targets, List<Division> divisions, Execution execution) {
            return new MethodResult(
                    options.method(), List.copyOf(layers), together(projections, targets, divisions, execution));
        }
    }

    private static Rows read(Layer layer, ConceptTargets targets) {
        Rows rows = layer.rows().get();
        if (rows.rows() != targets.rows()) {
            throw new IllegalArgumentException("Layer " + layer.name() + " has " + rows.rows() + " rows, and there are "
                    + targets.rows() + " targets");
        }
        return rows;
    }

    private static Concept extract(
            Layer layer,
            Rows rows,
            ConceptTargets targets,
            Division division,
            ProbeOptions options,
            Execution execution) {
        try {
            return ConceptProbe.extract(rows, targets, division.parts(), options, execution);
        } catch (NoDirectionException e) {
            throw e.in(layer.name());
        }
    }

    private static List<Detection> together(
            List<List<DoubleMatrix>> projections,
            ConceptTargets targets,
            List<Division> divisions,
            Execution execution) {
        List<Detection> result = new ArrayList<>();
        List<Division> scored = divisions.stream()
                .filter(division -> division.test().length > 0)
                .toList();
        for (int k = 0; k < scored.size() && projections.size() > 1; k++) {
            int division = k;
            DoubleMatrix joined = beside(
                    projections.stream().map(layer -> layer.get(division)).toList());
            result.add(detect(joined, targets, scored.get(k), List.of(Readout.Kind.values()), false, execution));
        }
        return List.copyOf(result);
    }

    private static DoubleMatrix beside(List<DoubleMatrix> parts) {
        int rows = parts.get(0).rows();
        int cols = parts.stream().mapToInt(DoubleMatrix::cols).sum();
        DoubleMatrix result = DoubleMatrix.zeros(rows, cols);
        int at = 0;
        for (DoubleMatrix part : parts) {
            for (int i = 0; i < rows; i++) {
                part.copyRow(i, result.values(), i * cols + at);
            }
            at += part.cols();
        }
        return result;
    }

    private static Detection detect(
            DoubleMatrix projections,
            ConceptTargets targets,
            Division division,
            List<Readout.Kind> kinds,
            boolean ranked,
            Execution execution) {
        Readout readout = Readout.fit(
                rows(projections, targets, division.parts().train()),
                rows(projections, targets, division.parts().heldOut()),
                kinds,
                execution);
        Readout.Rows test = rows(projections, targets, division.test());
        double first = ranked ? test.score(test.projections().col(0)) : Double.NaN;
        double score = test.score(readout.scores(test.projections()));
        double accuracy = Double.NaN;
        if (targets.isBinary()) {
            int[] predicted = Arrays.stream(readout.probabilities(test.projections()))
                    .mapToInt(p -> p > 0.5 ? 1 : 0)
                    .toArray();
            accuracy = Scores.accuracy(test.targets().labels(), predicted);
        }
        return new Detection(readout.validationScore(), first, score, accuracy);
    }

    private static Readout.Rows rows(DoubleMatrix projections, ConceptTargets targets, int[] rows) {
        return new Readout.Rows(projections.select(rows), targets.select(rows));
    }
}
