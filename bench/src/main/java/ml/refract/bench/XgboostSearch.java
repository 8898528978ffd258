package ml.refract.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * XGBoost with settings from a random search that ends with the first trial to end after a given time. Each trial stops early
 * on the validation rows, and their RMSE or log loss chooses among the trials. The settings of {@link XgboostLearner} are the first trial.
 *
 * @param name name in tables
 * @param seconds time of the search
 * @param refit whether the chosen settings, with the number of trees found, are fitted again on training and validation rows
 */
record XgboostSearch(String name, double seconds, boolean refit) implements Learner {
    private static final int MOST_TREES = 2_000;
    private static final long SEED = 1;

    /** The space, for a document. */
    static String description() {
        return "random search over `eta` 0.01-0.3, `min_child_weight` 0.5-20, `lambda` 0.01-10, `alpha` 0.001-1 (or 0) and `gamma` "
                + "0.001-1 (or 0), all log-uniform, `max_depth` 2-10, `subsample`, `colsample_bytree` and `colsample_bylevel` 0.5-1; `hist`, at most "
                + MOST_TREES + " trees (of each class), early stopping after " + XgboostLearner.PATIENCE
                + " rounds on the validation rows, whose RMSE or log loss chooses";
    }

    @Override
    public Learner.Model fit(LabelledRows train, LabelledRows validation, int threads) {
        long start = System.nanoTime();
        Random random = new Random(SEED);
        XgboostLearner learner = new XgboostLearner();
        XgboostLearner.Model best = learner.fit(train, validation, threads);
        double least = validation.errors(best.predict(validation))[0];
        int tried = 1;
        while ((System.nanoTime() - start) * 1e-9 < seconds) {
            XgboostLearner other = new XgboostLearner(sample(random), MOST_TREES);
            XgboostLearner.Model model = other.fit(train, validation, threads);
            double error = validation.errors(model.predict(validation))[0];
            tried++;
            XgboostLearner.Model worse = error < least ? best : model;
            if (error < least) {
                least = error;
                best = model;
                learner = other;
            }
            worse.close();
        }
        if (refit) {
            XgboostLearner.Model chosen = best;
            best = learner.refit(train, validation, chosen.count(), threads);
            chosen.close();
        }
        return best.with(Map.of(
                "n_configs",
                String.valueOf(tried),
                "config",
                learner.settings().toString(),
                "best_iter",
                String.valueOf(best.count())));
    }

    private static Map<String, Object> sample(Random random) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("eta", logUniform(random, 0.01, 0.3));
        settings.put("max_depth", 2 + random.nextInt(9));
        settings.put("min_child_weight", logUniform(random, 0.5, 20));
        settings.put("lambda", logUniform(random, 0.01, 10));
        settings.put("alpha", random.nextBoolean() ? 0 : logUniform(random, 0.001, 1));
        settings.put("gamma", random.nextBoolean() ? 0 : logUniform(random, 0.001, 1));
        settings.put("subsample", random.nextDouble(0.5, 1));
        settings.put("colsample_bytree", random.nextDouble(0.5, 1));
        settings.put("colsample_bylevel", random.nextDouble(0.5, 1));
        return settings;
    }

    private static double logUniform(Random random, double least, double most) {
        return Math.exp(random.nextDouble(Math.log(least), Math.log(most)));
    }
}
