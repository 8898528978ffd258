package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.linalg.Panels;

/**
 * Weighted coefficients summed by the level of their column: columns of one level are taken together, so that the sums of four
 * outputs stay in registers.
 */
final class LevelSums {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;
    /** Outputs summed at once. */
    private static final int FOUR = 4;

    private final int levels;
    /** Columns in the order of their levels. */
    private final int[] order;
    /** Where the columns of each level start in that order. */
    private final int[] starts;

    private final float[] payload;
    private final int payloadFrom;
    private final int stride;
    private final int outputs;
    private final float[] sums = new float[FOUR * ROWS];

    LevelSums(
            int cols,
            int[] columnLevels,
            int levelsFrom,
            int levels,
            float[] payload,
            int payloadFrom,
            int stride,
            int outputs) {
        this.levels = levels;
        this.order = new int[cols];
        this.starts = new int[levels + 2];
        this.payload = payload;
        this.payloadFrom = payloadFrom;
        this.stride = stride;
        this.outputs = outputs;
        sortByLevel(columnLevels, levelsFrom);
    }

    private void sortByLevel(int[] columnLevels, int from) {
        for (int i = 0; i < order.length; i++) {
            starts[columnLevels[from + i] + 1]++;
        }
        for (int k = 0; k <= levels; k++) {
            starts[k + 1] += starts[k];
        }
        int[] next = starts.clone();
        for (int i = 0; i < order.length; i++) {
            order[next[columnLevels[from + i]]++] = i;
        }
    }

    /** Adds the sums of {@code rows} rows of a tile; see {@link ml.refract.engine.Engine#levelSums}. */
    void add(float[] weights, int rows, double[] target) {
        for (int panel = 0; panel < rows; panel += ROWS) {
            int at = Panels.panelStart(panel, order.length);
            int count = Math.min(ROWS, rows - panel);
            for (int level = 0; level <= levels; level++) {
                if (starts[level] < starts[level + 1]) {
                    addLevel(weights, at, level, count, target, panel);
                }
            }
        }
    }

    private void addLevel(float[] weights, int at, int level, int count, double[] target, int row) {
        for (int l = 0; l < outputs; l += FOUR) {
            int known = Math.min(FOUR, outputs - l);
            if (known == FOUR) {
                sumFour(weights, at, starts[level], starts[level + 1], payloadFrom + l);
            } else {
                for (int k = 0; k < known; k++) {
                    sumOne(weights, at, starts[level], starts[level + 1], payloadFrom + l + k, k * ROWS);
                }
            }
            for (int j = 0; j < count; j++) {
                int to = ((row + j) * outputs + l) * (levels + 1) + level;
                for (int k = 0; k < known; k++) {
                    target[to + k * (levels + 1)] += sums[k * ROWS + j];
                }
            }
        }
    }

    private void sumOne(float[] weights, int at, int first, int end, int from, int to) {
        for (int r = 0; r < ROWS; r += W) {
            FloatVector sum = FloatVector.zero(S);
            for (int k = first; k < end; k++) {
                int i = order[k];
                sum = FloatVector.broadcast(S, payload[from + i * stride])
                        .fma(FloatVector.fromArray(S, weights, at + i * ROWS + r), sum);
            }
            sum.intoArray(sums, to + r);
        }
    }

    private void sumFour(float[] weights, int at, int first, int end, int from) {
        for (int r = 0; r < ROWS; r += W) {
            FloatVector sum0 = FloatVector.zero(S);
            FloatVector sum1 = FloatVector.zero(S);
            FloatVector sum2 = FloatVector.zero(S);
            FloatVector sum3 = FloatVector.zero(S);
            for (int k = first; k < end; k++) {
                int i = order[k];
                int p = from + i * stride;
                FloatVector weight = FloatVector.fromArray(S, weights, at + i * ROWS + r);
                sum0 = FloatVector.broadcast(S, payload[p]).fma(weight, sum0);
                sum1 = FloatVector.broadcast(S, payload[p + 1]).fma(weight, sum1);
                sum2 = FloatVector.broadcast(S, payload[p + 2]).fma(weight, sum2);
                sum3 = FloatVector.broadcast(S, payload[p + 3]).fma(weight, sum3);
            }
            sum0.intoArray(sums, r);
            sum1.intoArray(sums, ROWS + r);
            sum2.intoArray(sums, 2 * ROWS + r);
            sum3.intoArray(sums, 3 * ROWS + r);
        }
    }
}
