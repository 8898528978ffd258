package ml.refract.kernel;

import java.util.Arrays;
import ml.refract.engine.Engine;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;
import ml.refract.linalg.Panels;

/** The typical distance between points, in the norm a kernel uses; Euclidean for a kernel of inner products. */
public final class MedianDistance {
    private MedianDistance() {}

    /**
     * Lower median over all pairs of different points of ||t_i - t_j||_p, or of the mean coordinate difference for the
     * sum-power kernel, over all coordinates. Exact, in double. Cost m^2 r / 2.
     *
     * @return the median, or 1 when it is below 1e-14, as when half of the points coincide
     */
    public static <A> double of(Engine<A> engine, Points<A> points, PairFunction function) {
        int m = points.count();
        if (m < 2) {
            return 1;
        }
        PairFunction sums = switch (function.form()) {
            case POWER -> function;
            case SUM_POWER -> PairFunction.power(1, 1, 1);
            case NETWORK -> PairFunction.power(2, 1, 1);
        };
        GroupTable[] tables = points.projection().tables().clone();
        if (function.form() == PairFunction.Form.SUM_POWER) { // the tables hold the terms of the other formula
            Arrays.setAll(tables, b -> tables[b].withTerm(sums::term));
        }
        double[] all = new double[Math.multiplyExact(m, m - 1) / 2];
        int next = 0;
        for (int i = 1; i < m; i++) {
            for (int j = 0; j < i; j++) {
                all[next++] = pairSum(engine, points, tables, i, j, sums);
            }
        }
        Arrays.sort(all);
        double median = all[(all.length - 1) / 2];
        double distance = function.form() == PairFunction.Form.SUM_POWER
                ? median / Math.max(1, function.width())
                : Math.pow(median, 1 / function.norm());
        return distance < 1e-14 ? 1 : distance;
    }

    private static <A> double pairSum(
            Engine<A> engine, Points<A> points, GroupTable[] tables, int i, int j, PairFunction function) {
        int left = points.panelStart(i) + i % Panels.ROWS;
        int right = points.panelStart(j) + j % Panels.ROWS;
        double sum = 0;
        for (int s = 0; s < points.width(); s++) {
            sum += function.term(engine.get(points.coordinates(), left + s * Panels.ROWS)
                    - engine.get(points.coordinates(), right + s * Panels.ROWS));
        }
        for (int b = 0; b < points.groups(); b++) {
            int one = points.levels(b)[i];
            int other = points.levels(b)[j];
            sum += tables[b].isInner()
                    ? Math.max(0, tables[b].sum(one, one) + tables[b].sum(other, other) - 2 * tables[b].sum(one, other))
                    : tables[b].sum(one, other);
        }
        return sum;
    }
}
