package ml.refract.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.engine.Progress;
import ml.refract.engine.Seeds;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.HoldOut;
import ml.refract.task.Regressor;
import ml.refract.task.TargetScale;
import ml.refract.task.TargetTransform;
import ml.refract.task.TargetTransform.Kind;

/**
 * What is learned of each target. Every kind of transform is tried with one setting on at most 1,000 rows in 5 folds; where one makes
 * errors less there and there are many more rows, all are tried again on up to 8,000 with a fifth held out, because what helps with
 * few rows may harm with many. Transforms are fitted without the rows left out. A target stays as it is unless another kind has a
 * smaller mean squared error in the target's units, by at least the standard error of the mean of the differences between rows.
 * Targets that are neither skewed nor have heavy tails are not tried on.
 *
 * <p>Cost: at most 15 fits of 800 rows and 3 of 6,400. Deterministic for a seed and any number of threads.
 *
 * @param transforms one for each target
 * @param events what was chosen other than the target as it is, or why nothing could be
 */
record TransformChoice(List<TargetTransform> transforms, List<String> events) {
    private static final int FEW = 1_000;
    private static final int MANY = 8_000;
    private static final double HELD_OUT = 0.2;
    private static final int LEAST_ROWS = 50;
    private static final int FOLDS = 5;
    private static final int ITERATIONS = 2;
    private static final int RIDGE_ROWS = 400;
    private static final double LEAST_SKEWNESS = 0.5;
    private static final double LEAST_KURTOSIS = 2;

    /**
     * @param divider how rows are held out
     * @param base the setting they are tried with
     * @param mostRows most rows that are fitted at once
     */
    static TransformChoice of(
            Regressor.Data train, Divider divider, RfmOptions base, int mostRows, Execution execution) {
        DoubleMatrix y = train.y();
        boolean[] uneven = new boolean[y.cols()];
        boolean any = false;
        for (int l = 0; l < uneven.length; l++) {
            uneven[l] = isUneven(y.col(l));
            any |= uneven[l];
        }
        List<TargetTransform> plain = Regressor.standard(y);
        if (!any || y.rows() < LEAST_ROWS) {
            return new TransformChoice(plain, List.of());
        }
        RfmOptions options = base.toBuilder()
                .iterations(Math.min(ITERATIONS, base.iterations()))
                .ridgeRows(RIDGE_ROWS)
                .build();
        int[] few = sample(y.rows(), FEW, base.seed());
        Trials trials = new Trials(train, few, uneven, divider.folds(few, FOLDS, base.seed()), options, execution);
        boolean done = trials.run();
        int[] many = sample(y.rows(), Math.min(MANY, mostRows), base.seed());
        if (done && many.length > 2 * few.length && trials.promise()) {
            HoldOut.Parts part = divider.holdOut(many, HELD_OUT, base.seed());
            trials = new Trials(train, many, uneven, List.of(part), options, execution);
            done = trials.run();
        }
        return done ? trials.choose(y, plain) : new TransformChoice(plain, List.of(Trials.NO_TIME));
    }

    private static int[] sample(int rows, int most, long seed) {
        return Seeds.sample(rows, Math.min(most, rows), Seeds.stream(seed, "rows for transforms", 0));
    }

    /** Whether targets are skewed or have heavy tails. */
    private static boolean isUneven(double[] y) {
        double mean = Arrays.stream(y).average().orElse(Double.NaN);
        double second = 0;
        double third = 0;
        double fourth = 0;
        for (double value : y) {
            double d = value - mean;
            second += d * d / y.length;
            third += d * d * d / y.length;
            fourth += d * d * d * d / y.length;
        }
        return Math.abs(third) > LEAST_SKEWNESS * Math.pow(second, 1.5)
                || fourth > (3 + LEAST_KURTOSIS) * second * second;
    }

    /** A fit of one kind in one fold. */
    private record Trial(List<TargetScale> scales, List<DoubleMatrix> rounds) {}

    /** All fits, kind by kind and fold by fold. */
    private static final class Trials {
        static final String NO_TIME = "there was no time to try transforms of the target";

        private final Design x;
        private final DoubleMatrix y;
        private final boolean[] uneven;
        private final List<HoldOut.Parts> folds;
        private final RfmOptions options;
        private final Execution execution;
        private final Trial[] trials;

        Trials(
                Regressor.Data train,
                int[] rows,
                boolean[] uneven,
                List<HoldOut.Parts> folds,
                RfmOptions options,
                Execution execution) {
            this.x = train.x().select(rows);
            this.y = train.y().select(rows);
            this.uneven = uneven;
            this.folds = folds;
            this.trials = new Trial[Kind.values().length * folds.size()];
            this.options = options;
            this.execution = execution;
        }

        /** Fits; whether there was time for all. */
        boolean run() {
            execution.progress().report("trying transforms of the target", 0);
            execution.workers().run(trials.length, k -> {
                execution.requireNotCancelled();
                if (execution.remainingSeconds() > 0) {
                    trials[k] = fit(Kind.values()[k / folds.size()], folds.get(k % folds.size()));
                }
            });
            return Arrays.stream(trials).allMatch(Objects::nonNull);
        }

        private Trial fit(Kind kind, HoldOut.Parts fold) {
            DoubleMatrix train = y.select(fold.train());
            List<TargetTransform> transforms = new ArrayList<>(Regressor.standard(train));
            for (int l = 0; l < uneven.length; l++) {
                Optional<TargetTransform> fitted = uneven[l] ? kind.fit(train.col(l)) : Optional.empty();
                if (fitted.isPresent()) {
                    transforms.set(l, fitted.get());
                }
            }
            List<TargetScale> scales = Regressor.scales(train, transforms);
            DoubleMatrix learned = Regressor.learned(y, scales);
            CrossFit fit = new CrossFit(x, learned, options, execution.withProgress(Progress.none()));
            fit.add(fold, options.iterations());
            return new Trial(scales, fit.rounds());
        }

        /** Whether some transform makes squared errors less at all. */
        boolean promise() {
            return IntStream.range(0, uneven.length)
                    .filter(l -> uneven[l])
                    .anyMatch(l -> Arrays.stream(Kind.values())
                            .anyMatch(kind -> mean(losses(kind, l)) < mean(losses(Kind.IDENTITY, l))));
        }

        TransformChoice choose(DoubleMatrix all, List<TargetTransform> plain) {
            List<TargetTransform> chosen = new ArrayList<>(plain);
            List<String> events = new ArrayList<>();
            for (int l = 0; l < uneven.length; l++) {
                if (!uneven[l]) {
                    continue;
                }
                double[] identity = losses(Kind.IDENTITY, l);
                double least = mean(identity);
                for (Kind kind : Kind.values()) {
                    Optional<TargetTransform> fitted = kind.fit(all.col(l));
                    if (kind == Kind.IDENTITY || fitted.isEmpty()) {
                        continue;
                    }
                    double[] losses = losses(kind, l);
                    if (mean(losses) < least && isBetter(losses, identity)) {
                        least = mean(losses);
                        chosen.set(l, fitted.get());
                    }
                }
                if (chosen.get(l).kind() != Kind.IDENTITY) {
                    events.add(String.format(
                            Locale.ROOT,
                            "the model learns the %s: on rows left out that made squared errors %.1f %% less",
                            chosen.get(l).describe(uneven.length == 1 ? "the target" : "target " + (l + 1)),
                            100 * (1 - least / mean(identity))));
                }
            }
            return new TransformChoice(List.copyOf(chosen), List.copyOf(events));
        }

        /** Whether the mean of the differences is below 0 by at least its standard error. */
        private static boolean isBetter(double[] losses, double[] than) {
            Differences gains = Differences.of(than, losses);
            int n = gains.count();
            return gains.mean() >= Math.sqrt(gains.squares() / (n - 1) / n);
        }

        /** Squared errors of a target in the better of the rounds, fold after fold. */
        private double[] losses(Kind kind, int target) {
            int rounds = IntStream.range(0, folds.size())
                    .map(f -> trial(kind, f).rounds().size())
                    .max()
                    .orElseThrow();
            double[] best = losses(kind, target, 0);
            for (int t = 1; t < rounds; t++) {
                double[] losses = losses(kind, target, t);
                best = mean(losses) < mean(best) ? losses : best;
            }
            return best;
        }

        private double[] losses(Kind kind, int target, int round) {
            double[][] errors = new double[folds.size()][];
            for (int f = 0; f < folds.size(); f++) {
                TargetTransform transform = trial(kind, f).scales().get(target).transform();
                double[] outputs = outputs(kind, f, target, round);
                int[] held = folds.get(f).heldOut();
                errors[f] = new double[held.length];
                for (int i = 0; i < held.length; i++) {
                    errors[f][i] = transform.forward(y.get(held[i], target)) - outputs[i];
                }
            }
            double[] losses = new double[CrossFit.heldOutRows(folds).length];
            int at = 0;
            for (int f = 0; f < folds.size(); f++) {
                int out = folds.size() == 1 ? -1 : f; // of hundreds of rows, a row's own error hardly changes anything
                double[] others = IntStream.range(0, folds.size())
                        .filter(g -> g != out)
                        .boxed()
                        .flatMapToDouble(g -> Arrays.stream(errors[g]))
                        .toArray();
                TargetScale scale = trial(kind, f).scales().get(target).withErrors(others);
                double[] outputs = outputs(kind, f, target, round);
                int[] held = folds.get(f).heldOut();
                for (int i = 0; i < held.length; i++) {
                    double error = scale.read(outputs[i]) - y.get(held[i], target);
                    losses[at++] = error * error;
                }
            }
            return losses;
        }

        private double[] outputs(Kind kind, int fold, int target, int round) {
            List<DoubleMatrix> rounds = trial(kind, fold).rounds();
            return rounds.get(Math.min(round, rounds.size() - 1)).col(target);
        }

        private Trial trial(Kind kind, int fold) {
            return trials[kind.ordinal() * folds.size() + fold];
        }

        private static double mean(double[] values) {
            return Arrays.stream(values).average().orElse(Double.NaN);
        }
    }
}
