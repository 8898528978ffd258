package ml.refract.table;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Fills gaps with the median and standardises to mean 0 and standard deviation 1.
 *
 * <p>With values x_1 .. x_n of which the gaps are filled: z = (x - mean) / sd, sd = sqrt(sum (x_i - mean)^2 / n). Sums
 * are compensated, so that their error does not grow with n. Mean and sd count the filled gaps.
 *
 * @param median of the values present; the mean of the two middle ones when their number is even
 * @param mean of all values, gaps filled
 * @param sd population standard deviation of all values, gaps filled; positive
 */
record Scaling(double median, double mean, double sd) {

    /**
     * Fits to the values present and a number of gaps. The array is reordered.
     *
     * @throws ArithmeticException when mean or sd overflow, or sd underflows to zero; the message says which
     */
    static Scaling fit(double[] present, int gaps) {
        double median = median(present);
        int n = present.length + gaps;
        double mean = (sum(present, x -> x) + gaps * median) / n;
        double squares = sum(present, x -> (x - mean) * (x - mean)) + gaps * (median - mean) * (median - mean);
        double sd = Math.sqrt(squares / n);
        if (!Double.isFinite(mean) || !Double.isFinite(sd)) {
            throw new ArithmeticException("they are too large");
        }
        if (sd == 0) {
            throw new ArithmeticException("they differ too little");
        }
        return new Scaling(median, mean, sd);
    }

    double fill(double value) {
        return Double.isNaN(value) ? median : value;
    }

    double standardise(double value) {
        return (value - mean) / sd;
    }

    /** The sum of a term of each value, by Neumaier's method: what rounding loses is carried along. */
    private static double sum(double[] values, DoubleUnaryOperator termOf) {
        double sum = 0;
        double lost = 0;
        for (double value : values) {
            double term = termOf.applyAsDouble(value);
            double next = sum + term;
            lost += Math.abs(sum) >= Math.abs(term) ? (sum - next) + term : (term - next) + sum;
            sum = next;
        }
        return sum + lost;
    }

    /** The median of at least one value; reorders them. */
    static double median(double[] values) {
        int middle = values.length / 2;
        double upper = select(values, middle);
        if (values.length % 2 == 1) {
            return upper;
        }
        double lower = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < middle; i++) {
            lower = Math.max(lower, values[i]);
        }
        return lower / 2 + upper / 2;
    }

    /**
     * Moves the k-th smallest value to index k and none larger before it, and returns it: quickselect, which turns to
     * sorting when the pivots keep being bad.
     */
    private static double select(double[] values, int k) {
        int from = 0;
        int to = values.length - 1;
        int patience = 2 * (32 - Integer.numberOfLeadingZeros(values.length)) + 8;
        while (from < to) {
            if (patience-- == 0) {
                Arrays.sort(values, from, to + 1);
                break;
            }
            double pivot = middleOfThree(values[from], values[(from + to) >>> 1], values[to]);
            int i = from;
            int j = to;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    double held = values[i];
                    values[i++] = values[j];
                    values[j--] = held;
                }
            }
            if (k <= j) {
                to = j;
            } else if (k >= i) {
                from = i;
            } else {
                break;
            }
        }
        return values[k];
    }

    private static double middleOfThree(double a, double b, double c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("median", median);
        json.addProperty("mean", mean);
        json.addProperty("sd", sd);
        return json;
    }

    static Scaling fromJson(JsonView json) {
        Scaling scaling = new Scaling(json.number("median"), json.number("mean"), json.number("sd"));
        if (scaling.sd <= 0) {
            throw json.wrong("a standard deviation is " + scaling.sd);
        }
        return scaling;
    }
}
