package ml.refract.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.ClassCoding;
import ml.refract.task.Classifier;
import ml.refract.task.Fitted;
import ml.refract.task.Folds;
import ml.refract.task.HoldOut;
import ml.refract.task.Predictor;
import ml.refract.task.Regressor;
import ml.refract.task.TargetScale;
import ml.refract.task.TargetTransform;
import ml.refract.task.TaskOptions;
import ml.refract.xrfm.LeafReport;
import ml.refract.xrfm.XrfmOptions;

/**
 * Learns without settings to choose: searches over kernels, bandwidths, exponents, norms and forms of the metric on rows left
 * out, and averages the models of the best (specification of xRFM, sections 15.2, 20 and 25). No validation rows are needed;
 * the final models learn from all rows. Deterministic for a seed and any number of threads, unless a time limit or a cancellation
 * ends the search.
 *
 * <p>Cost: that of {@link TransformChoice} for uneven targets, 5 fits of at most 800 rows for each trial, 5 of at most 3,200 for each finalist, above 4,000 rows one of four fifths
 * of them for each of the last few, and one of all rows for each member.
 */
public final class Tuner {
    private static final double CHOICE_SHARE = 0.1;
    private static final double SEARCH_SHARE = 0.6;

    private Tuner() {}

    /**
     * Learns to predict numbers; the loss is the squared error in units of each target's deviation. Skewed targets and those with
     * heavy tails are learned after a transform where that makes errors on rows left out less, see {@link TransformChoice}.
     *
     * @throws CancelledException when cancelled before the first setting had been tried
     */
    public static Tuned<Regressor> regression(
            Regressor.Data train, TaskOptions task, SearchOptions options, Execution execution) {
        Execution first = execution
                .withProgress(execution.progress().part(0, CHOICE_SHARE))
                .withTimeShare(CHOICE_SHARE);
        TransformChoice choice =
                TransformChoice.of(train, task.xrfm().leaf(), task.xrfm().maxLeafRows(), first);
        Execution rest = execution.withProgress(execution.progress().part(CHOICE_SHARE, 1));
        return regression(train, choice.transforms(), task, options, rest).withEvents(choice.events());
    }

    /**
     * The same for given transforms of the targets.
     *
     * @param transforms one for each column
     */
    public static Tuned<Regressor> regression(
            Regressor.Data train,
            List<TargetTransform> transforms,
            TaskOptions task,
            SearchOptions options,
            Execution execution) {
        List<TargetScale> scales = Regressor.scales(train.y(), transforms);
        DoubleMatrix learned = Regressor.learned(train.y(), scales);
        Objective objective = new SquaredErrors(train.y(), learned, scales);
        Search.Found found =
                search(train.x(), learned, objective, rows -> random(rows.length), task, options, execution);
        DoubleMatrix left = train.y().select(found.rows());
        return new Members<Regressor>(train.x().rows(), task, execution)
                .fit(
                        found,
                        (settings, part) -> Regressor.fit(train, Optional.empty(), transforms, settings, part),
                        (settings, part) -> Regressor.fit(train, transforms, settings, part),
                        (models, weights) -> Regressor.average(models, weights).withErrors(left, found.outputs()));
    }

    /**
     * Learns to predict classes; the loss is the Brier score.
     *
     * @throws CancelledException when cancelled before the first setting had been tried
     */
    public static Tuned<Classifier> classification(
            Classifier.Data train, TaskOptions task, SearchOptions options, Execution execution) {
        ClassCoding coding = ClassCoding.of(task.coding(), train.labels(), train.classes());
        Objective objective = (rows, outputs) -> brierLosses(train.labels(), coding, rows, outputs);
        Search.Found found = search(
                train.x(),
                coding.encode(train.labels()),
                objective,
                rows -> stratified(pick(train.labels(), rows), train.classes()),
                task,
                options,
                execution);
        return new Members<Classifier>(train.x().rows(), task, execution)
                .fit(
                        found,
                        (settings, part) -> Classifier.fit(train, Optional.empty(), settings, part),
                        (settings, part) -> Classifier.fit(train, settings, part),
                        Classifier::average);
    }

    private static Search.Found search(
            Design x,
            DoubleMatrix y,
            Objective objective,
            Function<int[], Search.Folding> folding,
            TaskOptions task,
            SearchOptions options,
            Execution execution) {
        Execution part = execution
                .withProgress(execution.progress().part(0, SEARCH_SHARE))
                .withTimeShare(SEARCH_SHARE);
        return new Search(
                        x,
                        y,
                        objective,
                        folding,
                        options,
                        task.xrfm().maxLeafRows(),
                        task.xrfm().leaf(),
                        part)
                .run();
    }

    private static double[] brierLosses(int[] labels, ClassCoding coding, int[] rows, DoubleMatrix outputs) {
        DoubleMatrix probabilities = ClassCoding.clamp(coding.decode(outputs), ClassCoding.CLAMP);
        double[] losses = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < probabilities.cols(); k++) {
                double error = probabilities.get(i, k) - (labels[rows[i]] == k ? 1 : 0);
                losses[i] += error * error;
            }
        }
        return losses;
    }

    private static int[] pick(int[] labels, int[] rows) {
        int[] picked = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            picked[i] = labels[rows[i]];
        }
        return picked;
    }

    private static Search.Folding random(int rows) {
        return new Search.Folding() {
            @Override
            public List<HoldOut.Parts> folds(int count, long seed) {
                return Folds.random(rows, count, seed);
            }

            @Override
            public HoldOut.Parts holdOut(double share, long seed) {
                return HoldOut.random(rows, share, seed);
            }
        };
    }

    private static Search.Folding stratified(int[] labels, int classes) {
        return new Search.Folding() {
            @Override
            public List<HoldOut.Parts> folds(int count, long seed) {
                return Folds.stratified(labels, count, seed);
            }

            @Override
            public HoldOut.Parts holdOut(double share, long seed) {
                return HoldOut.stratified(labels, classes, share, seed);
            }
        };
    }

    /** Fits one way to learn from all rows. */
    private interface Fitter<P extends Predictor> extends BiFunction<TaskOptions, Execution, Fitted<P>> {}

    /** The models that are averaged. */
    private record Members<P extends Predictor>(int rows, TaskOptions task, Execution execution) {

        /**
         * Fits every chosen setting on all rows. Those whose turn does not come before time is up or the work is cancelled are
         * left out, save the heaviest.
         *
         * @param whole for rows that fit one leaf: as many iterations as were best, nothing held out
         * @param divided for more rows: leaves choose their iterations on rows held out
         */
        Tuned<P> fit(Search.Found found, Fitter<P> whole, Fitter<P> divided, BiFunction<List<P>, double[], P> average) {
            List<Integer> chosen = chosen(found.weights());
            List<P> models = new ArrayList<>();
            List<LeafReport> leaves = new ArrayList<>();
            List<Trial> members = new ArrayList<>();
            List<String> events = new ArrayList<>();
            if (!found.ended().isEmpty()) {
                events.add("the search ended early (" + found.ended() + "): " + found.tried() + " settings were tried");
            }
            for (int c : chosen) {
                boolean first = models.isEmpty();
                if (!first && (execution.cancelled() || execution.remainingSeconds() <= 0)) {
                    events.add(models.size() + " of " + chosen.size()
                            + " chosen settings are in the model: there was no time for the others");
                    break;
                }
                Trial trial = found.trials().get(c);
                double from = SEARCH_SHARE + (1 - SEARCH_SHARE) * models.size() / chosen.size();
                Execution part = (first ? execution.toTheEnd() : execution)
                        .withProgress(execution.progress().part(from, from + (1 - SEARCH_SHARE) / chosen.size()));
                try {
                    Fitted<P> fitted = rows <= task.xrfm().maxLeafRows()
                            ? whole.apply(settings(trial.options()), part)
                            : divided.apply(
                                    settings(trial.options().toBuilder()
                                            .iterations(trial.options().iterations() + 1)
                                            .build()),
                                    part);
                    models.add(fitted.predictor());
                    leaves.addAll(fitted.fit().leaves());
                    members.add(trial);
                } catch (CancelledException e) {
                    continue; // the next turn says so
                }
            }
            double[] weights = new double[models.size()];
            double sum = 0;
            for (int k = 0; k < weights.length; k++) {
                weights[k] = found.weights()[chosen.get(k)];
                sum += weights[k];
            }
            for (int k = 0; k < weights.length; k++) {
                weights[k] /= sum;
            }
            return new Tuned<>(
                    average.apply(models, weights),
                    List.copyOf(leaves),
                    List.copyOf(members),
                    weights,
                    found.rows(),
                    found.outputs(),
                    found.tried(),
                    List.copyOf(events));
        }

        private TaskOptions settings(RfmOptions leaf) {
            XrfmOptions xrfm = task.xrfm().toBuilder().leaf(leaf).build();
            return task.withXrfm(xrfm);
        }

        private static List<Integer> chosen(double[] weights) {
            List<Integer> chosen = new ArrayList<>();
            for (int c = 0; c < weights.length; c++) {
                if (weights[c] > 0) {
                    chosen.add(c);
                }
            }
            chosen.sort((a, b) -> Double.compare(weights[b], weights[a]));
            return chosen;
        }
    }
}
