package ml.refract.table.learn;

import com.google.gson.JsonObject;
import java.util.Locale;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.model.LibraryVersion;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;
import ml.refract.task.TaskOptions;
import ml.refract.xrfm.XrfmOptions;

/** Where a model comes from, for its file: data, options, versions, engine. Holds no time, so that runs can be compared. */
final class Provenance {
    private Provenance() {}

    static JsonObject of(TrainingData data, int rows, TrainingOptions options, Execution execution) {
        JsonObject json = new JsonObject();
        json.addProperty("data", data.table().source());
        data.sha256().ifPresent(hash -> json.addProperty("dataSha256", hash));
        json.addProperty("dataRows", data.table().rows());
        json.addProperty("trainingRows", rows);
        json.add("options", options(options));
        json.addProperty("refract", LibraryVersion.get());
        json.addProperty("java", System.getProperty("java.version"));
        json.addProperty("platform", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        json.addProperty("engine", execution.engine().description());
        return json;
    }

    /** Every setting the result depends on. */
    private static JsonObject options(TrainingOptions options) {
        TaskOptions task = options.learner();
        XrfmOptions xrfm = task.xrfm();
        RfmOptions leaf = xrfm.leaf();
        Kernel kernel = leaf.kernel();
        JsonObject json = new JsonObject();
        json.addProperty("kernel", kernel.family().id());
        json.addProperty("bandwidth", kernel.bandwidth());
        json.addProperty("adaptiveBandwidth", leaf.adaptiveBandwidth());
        json.addProperty("exponent", kernel.exponent());
        json.addProperty("norm", kernel.norm());
        json.addProperty("mix", kernel.mix());
        json.addProperty("power", kernel.power());
        if (kernel.family().isNetwork()) {
            json.addProperty("layers", kernel.layers());
            json.addProperty("activation", kernel.activation().id());
        }
        if (leaf.ridgeRule() == RidgeRule.GIVEN) {
            json.addProperty("ridge", leaf.ridge());
        } else {
            json.addProperty("ridge", "auto");
        }
        json.addProperty("loss", leaf.loss().id());
        json.addProperty("iterations", leaf.iterations());
        json.addProperty("learnOn", leaf.learningRows().name().toLowerCase(Locale.ROOT));
        json.addProperty("metric", leaf.metric().id());
        json.addProperty("moment", leaf.moment().id());
        if (Double.isFinite(leaf.earlyStopMultiplier())) {
            json.addProperty("earlyStop", leaf.earlyStopMultiplier());
        }
        json.addProperty("metricTolerance", leaf.metricTolerance());
        json.addProperty("momentRows", leaf.momentRows());
        json.addProperty("centredGradients", leaf.centredGradients());
        json.addProperty("weightFloor", leaf.weightFloor());
        json.addProperty("leafSize", xrfm.maxLeafRows());
        json.addProperty("overlap", xrfm.overlap());
        json.addProperty("softRouting", xrfm.softRouting());
        json.addProperty("trees", xrfm.trees());
        json.addProperty("splitRows", xrfm.splitRows());
        json.addProperty("classCoding", task.codes().id());
        json.addProperty("regressionScore", task.regressionScore().name());
        json.addProperty("classificationScore", task.classificationScore().name());
        json.addProperty("decide", options.decision().id());
        json.addProperty("maxOneHotLevels", options.encoder().maxOneHotLevels());
        options.encoder()
                .orders()
                .forEach((column, levels) -> json.addProperty("order of " + column, String.join(",", levels)));
        options.search().ifPresent(search -> {
            json.addProperty("trials", search.trials());
            json.addProperty("finalists", search.finalists());
            json.addProperty("members", search.members());
        });
        json.addProperty("heldOut", heldOut(options.heldOut()));
        json.addProperty("dropMissingTarget", options.dropMissingTarget());
        json.addProperty("seed", xrfm.seed());
        return json;
    }

    private static String heldOut(HeldOutRows rows) {
        if (rows instanceof HeldOutRows.Share share) {
            return "share " + share.share();
        }
        if (rows instanceof HeldOutRows.GroupShare share) {
            return "share " + share.share() + " in groups of " + share.column();
        }
        if (rows instanceof HeldOutRows.TimeShare share) {
            return "share " + share.share() + " latest by " + share.column();
        }
        return rows instanceof HeldOutRows.SplitFile split
                ? "split " + split.file()
                : "file " + ((HeldOutRows.OtherFile) rows).file();
    }
}
