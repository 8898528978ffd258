package ml.refract.task;

import java.util.Arrays;

/**
 * Normal scores of the targets' ranks, standardised: a target below which a share p of the others lie (equal ones by half)
 * becomes the p-quantile of the normal distribution. Straight lines join at most 257 of the targets, the least and the largest
 * among them. Beyond these it goes on as steep as it ends but, in units of the target, no steeper than the line to the median.
 *
 * @param values targets, strictly ascending, at least two
 * @param scores what is learned for them, strictly ascending
 * @param below slope of the target by the score below the first
 * @param above slope above the last
 */
public record RankedTargets(double[] values, double[] scores, double below, double above) implements TargetTransform {
    private static final int MOST_LINES = 256;

    static RankedTargets of(double[] y) {
        double[] sorted = Arrays.stream(y).sorted().toArray();
        int n = sorted.length;
        double[] values = new double[n];
        double[] scores = new double[n];
        int count = 0;
        int taken = -1;
        for (int from = 0; from < n; ) {
            int to = from + 1;
            while (to < n && sorted[to] == sorted[from]) {
                to++;
            }
            double share = (from + to) / 2.0 / n;
            int place = (int) (share * MOST_LINES);
            if (from == 0 || to == n || place > taken) {
                values[count] = sorted[from];
                scores[count++] = NormalQuantile.of(share);
                taken = place;
            }
            from = to;
        }
        return standardised(sorted, Arrays.copyOf(values, count), Arrays.copyOf(scores, count));
    }

    private static RankedTargets standardised(double[] sorted, double[] values, double[] scores) {
        RankedTargets raw = new RankedTargets(values, scores, 1, 1);
        StandardTargets moments = StandardTargets.of(raw.forward(sorted));
        RankedTargets inner = new RankedTargets(values, moments.forward(scores), 1, 1);
        int last = values.length - 1;
        return new RankedTargets(
                values,
                inner.scores,
                Math.min(inner.slopeOfLine(0), inner.chord(sorted, values[0])),
                Math.min(inner.slopeOfLine(last - 1), inner.chord(sorted, values[last])));
    }

    private double chord(double[] sorted, double end) {
        double inner = middle(sorted, end);
        return (end - inner) / (forward(end) - forward(inner));
    }

    /** The median, or where that is the given end of the targets, the other end. */
    static double middle(double[] sorted, double end) {
        double median = sorted[sorted.length / 2];
        double first = sorted[0];
        return median != end ? median : end == first ? sorted[sorted.length - 1] : first;
    }

    private double slopeOfLine(int line) {
        return (values[line + 1] - values[line]) / (scores[line + 1] - scores[line]);
    }

    @Override
    public Kind kind() {
        return Kind.RANKS;
    }

    @Override
    public double forward(double y) {
        int last = values.length - 1;
        if (y <= values[0]) {
            return scores[0] + (y - values[0]) / below;
        }
        if (y >= values[last]) {
            return scores[last] + (y - values[last]) / above;
        }
        int line = lineOf(values, y);
        return scores[line] + (y - values[line]) / slopeOfLine(line);
    }

    @Override
    public double inverse(double z) {
        int last = scores.length - 1;
        if (z <= scores[0]) {
            return values[0] + (z - scores[0]) * below;
        }
        if (z >= scores[last]) {
            return values[last] + (z - scores[last]) * above;
        }
        int line = lineOf(scores, z);
        return values[line] + (z - scores[line]) * slopeOfLine(line);
    }

    @Override
    public double slope(double z) {
        return z < scores[0] ? below : z > scores[scores.length - 1] ? above : slopeOfLine(lineOf(scores, z));
    }

    /** The line that begins at the last of the ascending numbers that is not above the given one. */
    private static int lineOf(double[] ascending, double at) {
        int found = Arrays.binarySearch(ascending, at);
        return Math.max(0, Math.min(ascending.length - 2, found >= 0 ? found : -found - 2));
    }

    @Override
    public String describe(String target) {
        return "normal scores of the ranks of " + target;
    }
}
