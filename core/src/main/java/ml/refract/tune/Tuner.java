package ml.refract.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import ml.refract.engine.CancelledException;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.Calibration;
import ml.refract.task.ClassCoding;
import ml.refract.task.Classifier;
import ml.refract.task.Fitted;
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
 * <p>Cost: that of {@link TransformChoice} for uneven targets, 5 fits of at most 800 rows for two thirds of the trials and 2 or more
 * for the others, up to 5 of at most 3,200 for each finalist, above 4,000 rows one of four fifths of them, or five, for each of the
 * last few, and one of all rows for each member.
 */
public final class Tuner {
    /** What the choice of a transform may take of a time limit. */
    private static final double CHOICE_TIME = 0.1;

    private Tuner() {}

    /**
     * As {@link #regression(Regressor.Data, Views, Division, TaskOptions, SearchOptions, Execution)}, all coordinates in view of all
     * models, rows held out at random.
     */
    public static Tuned<Regressor> regression(
            Regressor.Data train, TaskOptions task, SearchOptions options, Execution execution) {
        return regression(train, Views.all(), Division.atRandom(), task, options, execution);
    }

    /**
     * Learns to predict numbers; the loss is the squared error in units of each target's deviation. Skewed targets and those with
     * heavy tails are learned after a transform where that makes errors on rows left out less, see {@link TransformChoice}.
     *
     * @param views which coordinates models look at: settings are tried in all of them in turn
     * @throws CancelledException when cancelled before the first setting had been tried
     */
    public static Tuned<Regressor> regression(
            Regressor.Data train,
            Views views,
            Division division,
            TaskOptions task,
            SearchOptions options,
            Execution execution) {
        task.requireForNumbers();
        Execution first = execution
                .withProgress(execution.progress().part(0, CHOICE_TIME))
                .withTimeShare(CHOICE_TIME);
        Divider divider = new Divider(division, Optional.empty(), 0);
        TransformChoice choice = TransformChoice.of(
                train, divider, inFirstView(task, views), task.xrfm().maxLeafRows(), first);
        Execution rest = execution.withProgress(execution.progress().part(CHOICE_TIME, 1));
        return regression(train, choice.transforms(), views, division, task, options, rest)
                .withEvents(choice.events());
    }

    /**
     * The same for given transforms of the targets.
     *
     * @param transforms one for each column
     */
    public static Tuned<Regressor> regression(
            Regressor.Data train,
            List<TargetTransform> transforms,
            Views views,
            Division division,
            TaskOptions task,
            SearchOptions options,
            Execution execution) {
        task.requireForNumbers();
        List<TargetScale> scales = Regressor.scales(train.y(), transforms);
        DoubleMatrix learned = Regressor.learned(train.y(), scales);
        Objective objective = new SquaredErrors(train.y(), learned, scales);
        Divider divider = new Divider(division, Optional.empty(), 0);
        Search.Found found =
                new Search(train.x(), views, learned, objective, divider, options, task.xrfm(), execution).run();
        DoubleMatrix left = train.y().select(found.rows());
        return new Members<Regressor>(train.x().rows(), task, execution)
                .fit(
                        found,
                        (settings, part) -> Regressor.fit(train, Optional.empty(), transforms, settings, part),
                        (settings, part) -> Regressor.fit(train, transforms, settings, part),
                        (models, weights) -> Regressor.average(models, weights).withErrors(left, found.outputs()));
    }

    private static RfmOptions inFirstView(TaskOptions task, Views views) {
        return task.xrfm().leaf().toBuilder().ignored(views.ignored().get(0)).build();
    }

    /**
     * As {@link #classification(Classifier.Data, Views, Division, TaskOptions, SearchOptions, Execution)}, all coordinates in view of
     * all models, rows held out at random.
     */
    public static Tuned<Classifier> classification(
            Classifier.Data train, TaskOptions task, SearchOptions options, Execution execution) {
        return classification(train, Views.all(), Division.atRandom(), task, options, execution);
    }

    /**
     * Learns to predict classes; the loss is the Brier score. The probabilities are calibrated on the outputs for rows left out;
     * {@link Classifier#calibration} of the predictor tells how.
     *
     * @param views which coordinates models look at: settings are tried in all of them in turn
     * @throws CancelledException when cancelled before the first setting had been tried
     */
    public static Tuned<Classifier> classification(
            Classifier.Data train,
            Views views,
            Division division,
            TaskOptions task,
            SearchOptions options,
            Execution execution) {
        ClassCoding coding = ClassCoding.of(task.codes(), train.labels(), train.classes());
        Divider divider = new Divider(division, Optional.of(train.labels()), train.classes());
        Search.Found found = new Search(
                        train.x(),
                        views,
                        coding.encode(train.labels()),
                        Objective.brier(train.labels(), coding),
                        divider,
                        options,
                        task.xrfm(),
                        execution)
                .run();
        Tuned<Classifier> tuned = new Members<Classifier>(train.x().rows(), task, execution)
                .fit(
                        found,
                        (settings, part) -> Classifier.fit(train, Optional.empty(), settings, part),
                        (settings, part) -> Classifier.fit(train, settings, part),
                        Classifier::average);
        return tuned.withPredictor(tuned.predictor()
                .withCalibration(
                        calibration(found, train.labels(), coding, task.xrfm().seed())));
    }

    private static Calibration calibration(Search.Found found, int[] labels, ClassCoding coding, long seed) {
        Calibration.Source source = found.crossFitted() ? Calibration.Source.CROSS_FIT : Calibration.Source.HELD_OUT;
        return Calibration.of(
                coding,
                found.outputs(),
                found.rows(),
                Arrays.stream(found.rows()).map(row -> labels[row]).toArray(),
                source,
                seed);
    }

    /** Fits one way to learn from all rows. */
    private interface Fitter<P extends Predictor> extends BiFunction<TaskOptions, Execution, Fitted<P>> {}

    /** Fits the models that are averaged. */
    private static final class Members<P extends Predictor> {
        private final boolean oneLeaf;
        private final TaskOptions task;
        private final Execution execution;
        private final List<Fitted<P>> fitted = new ArrayList<>();
        private final List<Tuned.Member> members = new ArrayList<>();
        private final List<String> events = new ArrayList<>();

        Members(int rows, TaskOptions task, Execution execution) {
            this.oneLeaf = rows <= task.xrfm().maxLeafRows();
            this.task = task;
            this.execution = execution;
        }

        /**
         * Fits every chosen setting on all rows. Those whose turn does not come before time is up or the work is cancelled are
         * left out, save the heaviest.
         *
         * @param whole for rows that fit one leaf: as many iterations as were best, nothing held out
         * @param divided for more rows: leaves choose their iterations on rows held out
         */
        Tuned<P> fit(Search.Found found, Fitter<P> whole, Fitter<P> divided, BiFunction<List<P>, double[], P> average) {
            if (!found.ended().isEmpty()) {
                events.add("the search ended early (" + found.ended() + "): "
                        + (found.tried() == 1 ? "1 setting was" : found.tried() + " settings were") + " tried");
            }
            List<Tuned.Member> chosen = chosen(found);
            double step = (1 - found.share()) / chosen.size();
            for (int k = 0; k < chosen.size(); k++) {
                double from = found.share() + k * step;
                Execution part = execution.withProgress(execution.progress().part(from, from + step));
                if (!fit(chosen.get(k), oneLeaf ? whole : divided, part)) {
                    events.add(k + " of " + chosen.size()
                            + " chosen settings are in the model: there was no time for the others");
                    break;
                }
            }
            double sum = members.stream().mapToDouble(Tuned.Member::weight).sum();
            List<Tuned.Member> shares = members.stream()
                    .map(member -> new Tuned.Member(member.trial(), member.weight() / sum))
                    .toList();
            return new Tuned<>(
                    average.apply(
                            fitted.stream().map(Fitted::predictor).toList(),
                            shares.stream().mapToDouble(Tuned.Member::weight).toArray()),
                    leaves(),
                    shares,
                    found.rows(),
                    found.outputs(),
                    found.crossFitted(),
                    found.tried(),
                    List.copyOf(events));
        }

        /**
         * Fits one setting, if there is time. The first is fitted even when the work is cancelled: without it the search would
         * be lost.
         */
        private boolean fit(Tuned.Member member, Fitter<P> fitter, Execution part) {
            boolean first = fitted.isEmpty();
            if (!first && (part.cancelled() || part.remainingSeconds() <= 0)) {
                return false;
            }
            TaskOptions settings = settings(member.trial().options());
            try {
                fitted.add(fitter.apply(settings, part));
            } catch (CancelledException e) {
                if (!first) {
                    return false;
                }
                fitted.add(fitter.apply(settings, part.toTheEnd()));
            }
            members.add(member);
            return true;
        }

        private TaskOptions settings(RfmOptions leaf) {
            RfmOptions.Builder builder = leaf.toBuilder();
            if (!oneLeaf) {
                builder.iterations(leaf.iterations() + 1); // leaves choose on their own rows; one more may serve some
            }
            XrfmOptions xrfm = task.xrfm().toBuilder().leaf(builder.build()).build();
            return task.withXrfm(xrfm);
        }

        /** Reports of all leaves, the trees numbered on from model to model. */
        private List<LeafReport> leaves() {
            List<LeafReport> all = new ArrayList<>();
            int trees = 0;
            for (Fitted<P> one : fitted) {
                for (LeafReport leaf : one.fit().leaves()) {
                    all.add(leaf.withTree(trees + leaf.tree()));
                }
                trees += one.fit().model().trees().size();
            }
            return List.copyOf(all);
        }

        private static List<Tuned.Member> chosen(Search.Found found) {
            List<Tuned.Member> chosen = new ArrayList<>();
            for (int c = 0; c < found.weights().length; c++) {
                if (found.weights()[c] > 0) {
                    chosen.add(new Tuned.Member(found.trials().get(c), found.weights()[c]));
                }
            }
            chosen.sort(Comparator.comparingDouble(Tuned.Member::weight).reversed());
            return chosen;
        }
    }
}
