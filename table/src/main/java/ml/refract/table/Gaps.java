package ml.refract.table;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What becomes of missing cells of a column of numbers or dates, beside being filled with the median.
 *
 * @param seen whether training rows had any
 * @param indicated whether there is a coordinate that tells them
 */
record Gaps(boolean seen, boolean indicated) {
    /** Fewer missing cells than this tell nothing that could be learned. */
    private static final int LEAST = 5;
    /** Present cells nearest to the median that missing ones are compared with, or as many as are missing. */
    private static final int LEAST_NEAR = 30;

    /**
     * Missing cells have an indicator where they tell something about the target: where rows with a missing cell differ from all other
     * rows, or from those whose cell is near the median. The latter are what filling makes them look like: even when cells are
     * missing at random a model has to know that such a row is not one from the middle. Without targets there always is one.
     *
     * <p>The targets that decide are those of all training rows, also of rows that a search holds out later: a bit for each column.
     *
     * @param values cells of the training rows, NaN where missing
     */
    static Gaps of(double[] values, Optional<KnownTargets> targets) {
        int[] missing = IntStream.range(0, values.length)
                .filter(i -> Double.isNaN(values[i]))
                .toArray();
        boolean seen = missing.length > 0;
        return new Gaps(
                seen, seen && targets.map(known -> tell(missing, values, known)).orElse(true));
    }

    private static boolean tell(int[] missing, double[] values, KnownTargets targets) {
        int[] present = IntStream.range(0, values.length)
                .filter(i -> !Double.isNaN(values[i]))
                .toArray();
        if (missing.length < LEAST || present.length == 0) {
            return false;
        }
        double median = Scaling.median(
                Arrays.stream(present).mapToDouble(i -> values[i]).toArray());
        int[] near = Arrays.stream(present)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> Math.abs(values[i] - median)))
                .limit(Math.max(LEAST_NEAR, missing.length))
                .mapToInt(i -> i)
                .toArray();
        return targets.differ(missing, present) || targets.differ(missing, near);
    }

    /** Missing cells are counted on but not told, if they were seen. */
    boolean leftOut() {
        return seen && !indicated;
    }

    void addTo(JsonObject json) {
        json.addProperty("indicator", indicated);
        if (leftOut()) {
            json.addProperty("gaps", true);
        }
    }

    static Gaps fromJson(JsonView json) {
        boolean indicated = json.flag("indicator");
        return new Gaps(indicated || (json.has("gaps") && json.flag("gaps")), indicated);
    }
}
