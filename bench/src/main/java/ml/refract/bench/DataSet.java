package ml.refract.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import ml.refract.rfm.RfmOptions;
import ml.refract.rfm.RidgeRule;
import ml.refract.table.ColumnOptions;
import ml.refract.table.Split;
import ml.refract.table.TaskKind;
import ml.refract.table.learn.HeldOutRows;
import ml.refract.table.learn.TrainingOptions;
import ml.refract.task.TaskOptions;
import ml.refract.xrfm.XrfmOptions;

/**
 * One data set of the comparison, as its manifest describes it.
 *
 * @param folder where the files lie
 * @param name file name without ending
 * @param task regression, binary or multiclass
 * @param target column to predict
 * @param categorical columns that hold categories although they look like numbers, or do not
 * @param rows rows of the file
 */
record DataSet(Path folder, String name, String task, String target, List<String> categorical, int rows) {

    /** All sets of a folder with a {@code manifest.json}, smallest first. */
    static List<DataSet> all(Path folder) {
        List<DataSet> sets = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(folder.resolve("manifest.json"))) {
            for (JsonElement element : JsonParser.parseReader(reader).getAsJsonArray()) {
                JsonObject json = element.getAsJsonObject();
                List<String> categorical = new ArrayList<>();
                json.getAsJsonArray("cats").forEach(name -> categorical.add(name.getAsString()));
                sets.add(new DataSet(
                        folder,
                        json.get("name").getAsString(),
                        json.get("task").getAsString(),
                        json.get("target").getAsString(),
                        List.copyOf(categorical),
                        json.get("rows").getAsInt()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sets.sort(java.util.Comparator.comparingInt(DataSet::rows).thenComparing(DataSet::name));
        return sets;
    }

    /** The same sets by name. */
    static Map<String, DataSet> byName(Path folder) {
        return all(folder).stream().collect(Collectors.toMap(DataSet::name, Function.identity()));
    }

    Path file() {
        return folder.resolve(name + ".csv");
    }

    Path split(int seed) {
        return folder.resolve("splits").resolve(name + ".seed" + seed + ".csv");
    }

    /** The seeds splits exist for, from 0 up. */
    List<Integer> seeds() {
        List<Integer> seeds = new ArrayList<>();
        while (Files.exists(split(seeds.size()))) {
            seeds.add(seeds.size());
        }
        return seeds;
    }

    /** Training rows of the split of a seed. */
    int trainingRows(int seed) {
        return Split.read(split(seed), rows).train().length;
    }

    boolean isRegression() {
        return task.equals("regression");
    }

    TaskKind taskKind() {
        return isRegression() ? TaskKind.REGRESSION : TaskKind.CLASSIFICATION;
    }

    /**
     * Training with the split of a seed, types and task as in the manifest, the ridge of the reference, and default settings
     * otherwise.
     */
    TrainingOptions options(int seed) {
        XrfmOptions xrfm = XrfmOptions.defaults();
        RfmOptions leaf = xrfm.leaf().toBuilder().ridgeRule(RidgeRule.GIVEN).build();
        return TrainingOptions.forTarget(target)
                .withoutSearch()
                .withTask(taskKind())
                .withColumns(ColumnOptions.defaults().withCategorical(categorical))
                .withLearner(TaskOptions.of(xrfm.toBuilder().leaf(leaf).build()))
                .withHeldOut(new HeldOutRows.SplitFile(split(seed)));
    }
}
