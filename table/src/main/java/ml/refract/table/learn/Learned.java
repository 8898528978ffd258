package ml.refract.table.learn;

import java.util.List;
import java.util.Optional;
import ml.refract.explain.Conformal;
import ml.refract.task.Predictor;
import ml.refract.xrfm.XrfmFit;

/**
 * What was learned from a table, before it is described.
 *
 * @param predictor the model
 * @param rows rows of the table that it has learned from, ascending
 * @param scores of every part
 * @param errors on rows it had not learned from, if any were held out
 * @param refitted whether held-out rows joined after it was chosen
 * @param search what a search tried and chose, if there was one
 * @param fit the fit behind it
 * @param events what a user should know
 */
record Learned(
        Predictor predictor,
        int[] rows,
        List<PartScores> scores,
        Optional<Conformal> errors,
        boolean refitted,
        Optional<SearchReport> search,
        XrfmFit fit,
        List<String> events) {}
