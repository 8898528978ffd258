package ml.refract.table;

import java.util.Arrays;
import ml.refract.linalg.DoubleMatrix;

/**
 * What decides, for one column after another, which coordinates that depend on targets it has.
 *
 * @param rows training rows of the table
 * @param centred their targets
 * @param fifths the places of training rows in each fifth of them
 */
record TrainingTargets(int[] rows, KnownTargets targets, DoubleMatrix centred, int[][] fifths) {
    static TrainingTargets of(int[] rows, KnownTargets targets) {
        return new TrainingTargets(rows, targets, targets.centred(), TargetMeans.fifths(rows.length));
    }

    /** The places in all other fifths. */
    int[] without(int[] fifth) {
        return Arrays.stream(fifths)
                .filter(other -> other != fifth)
                .flatMapToInt(Arrays::stream)
                .toArray();
    }
}
