package ml.refract.engine;

import java.util.Arrays;
import java.util.stream.IntStream;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Rows;
import org.jspecify.annotations.Nullable;

/**
 * The map from design rows to the coordinates in which tiles measure differences: dense columns go through a linear map
 * and lose a fixed offset, each coded group becomes a table of pair sums between levels.
 *
 * <p>Immutable; arrays are shared.
 */
public final class Projection {
    private final int inputs;
    private final int outputs;
    /** The column behind each coordinate of a scaling that leaves columns out. */
    private final int @Nullable [] places;

    private final double @Nullable [] scales;
    private final @Nullable DoubleMatrix map;
    private final double[] offset;
    private final GroupTable[] tables;
    private final int[] addingGroups;

    private Projection(
            int inputs,
            int outputs,
            int @Nullable [] places,
            double @Nullable [] scales,
            @Nullable DoubleMatrix map,
            double[] offset,
            GroupTable[] tables) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.places = places;
        this.scales = scales;
        this.map = map;
        this.offset = offset;
        this.tables = tables;
        this.addingGroups = IntStream.range(0, tables.length)
                .filter(b -> !tables[b].addsNothing())
                .toArray();
    }

    /** x -> x - offset. */
    public static Projection identity(int cols, GroupTable... tables) {
        return new Projection(cols, cols, null, null, null, new double[cols], tables);
    }

    /** x -> scales o x - offset. */
    public static Projection scaling(double[] scales, GroupTable... tables) {
        int width = scales.length;
        return new Projection(width, width, null, scales, null, new double[width], tables);
    }

    /** As {@link #scaling}, without the columns whose scale is zero, if there are any others. */
    public static Projection scalingNonZero(double[] scales, GroupTable... tables) {
        int[] places =
                IntStream.range(0, scales.length).filter(s -> scales[s] != 0).toArray();
        if (places.length == 0 || places.length == scales.length) {
            return scaling(scales, tables);
        }
        double[] kept = IntStream.of(places).mapToDouble(s -> scales[s]).toArray();
        return new Projection(scales.length, kept.length, places, kept, null, new double[kept.length], tables);
    }

    /**
     * x -> F x - offset.
     *
     * @param transposedMap F', d x r
     */
    public static Projection linear(DoubleMatrix transposedMap, GroupTable... tables) {
        return new Projection(
                transposedMap.rows(),
                transposedMap.cols(),
                null,
                null,
                transposedMap,
                new double[transposedMap.cols()],
                tables);
    }

    /**
     * The same map with its offset set to the mean image of the given rows, so that their images have mean zero.
     *
     * @throws IllegalArgumentException when a row holds a number that is not finite
     */
    public Projection centredOn(Rows dense) {
        double[] mean = new double[outputs];
        double[] input = new double[inputs];
        double[] image = new double[outputs];
        Projection uncentred = new Projection(inputs, outputs, places, scales, map, new double[outputs], tables);
        for (int i = 0; i < dense.rows(); i++) {
            dense.copyRow(i, input, 0);
            uncentred.apply(input, image);
            for (int k = 0; k < outputs; k++) {
                if (!Double.isFinite(image[k])) {
                    throw new IllegalArgumentException("Row " + i + " holds a number that is not finite");
                }
                mean[k] += image[k];
            }
        }
        for (int k = 0; k < outputs; k++) {
            mean[k] /= Math.max(1, dense.rows());
        }
        return new Projection(inputs, outputs, places, scales, map, mean, tables);
    }

    /** Number of dense columns mapped, d0. */
    public int inputs() {
        return inputs;
    }

    /** Number of transformed dense coordinates, r. */
    public int outputs() {
        return outputs;
    }

    /** The tables of the coded groups. */
    public GroupTable[] tables() {
        return tables;
    }

    /** The coded groups that add something to the sum of a pair: models that ignore a group need not look its levels up. */
    public int[] addingGroups() {
        return addingGroups;
    }

    /** Writes the image of one dense row; {@code image} is overwritten. */
    public void apply(double[] dense, double[] image) {
        if (map != null) {
            applyMap(dense, image, map);
        } else {
            for (int k = 0; k < outputs; k++) {
                image[k] = (scales == null ? dense[k] : scales[k] * dense[place(k)]) - offset[k];
            }
        }
    }

    /** The column behind a coordinate of a scaling. */
    private int place(int output) {
        return places == null ? output : places[output];
    }

    private void applyMap(double[] dense, double[] image, DoubleMatrix transposed) {
        double[] f = transposed.values();
        for (int k = 0; k < outputs; k++) {
            image[k] = -offset[k];
        }
        for (int s = 0; s < inputs; s++) {
            double x = dense[s];
            if (x != 0) { // most columns of a one-hot block are zero
                int at = s * outputs;
                for (int k = 0; k < outputs; k++) {
                    image[k] += x * f[at + k];
                }
            }
        }
    }

    /** Whether dense columns go through a matrix, not only a scaling. */
    public boolean isLinear() {
        return map != null;
    }

    /**
     * Turns a gradient with respect to transformed coordinates into one with respect to the dense columns: F' g, or
     * scales o g.
     *
     * @param gradient r numbers from {@code from}
     * @param target d0 numbers from {@code targetFrom}, overwritten
     */
    public void pullBack(double[] gradient, int from, double[] target, int targetFrom) {
        if (map != null) {
            for (int s = 0; s < inputs; s++) {
                double value = 0;
                for (int k = 0; k < outputs; k++) {
                    value += map.values()[s * outputs + k] * gradient[from + k];
                }
                target[targetFrom + s] = value;
            }
            return;
        }
        Arrays.fill(target, targetFrom, targetFrom + inputs, 0);
        for (int k = 0; k < outputs; k++) {
            target[targetFrom + place(k)] = scales == null ? gradient[from + k] : scales[k] * gradient[from + k];
        }
    }

    /**
     * Turns a moment C of gradients in transformed coordinates into the moment in dense columns: F' C F, or
     * diag(scales) C diag(scales). Cost 2 d r (d + r).
     */
    public DoubleMatrix pullBack(DoubleMatrix moment) {
        if (map != null) {
            return map.times(moment).times(map.transpose());
        }
        if (scales == null) {
            return moment.copy();
        }
        DoubleMatrix result = DoubleMatrix.zeros(inputs, inputs);
        for (int i = 0; i < outputs; i++) {
            for (int j = 0; j < outputs; j++) {
                result.set(place(i), place(j), scales[i] * moment.get(i, j) * scales[j]);
            }
        }
        return result;
    }

    /** Checks that a design has the columns and groups this map was made for. */
    public void requireMatches(Design design) {
        boolean fits = design.dense().cols() == inputs && design.groups().size() == tables.length;
        for (int b = 0; fits && b < tables.length; b++) {
            fits = design.groups().get(b).levels() == tables[b].levels();
        }
        if (!fits) {
            throw new IllegalArgumentException("The metric is for " + inputs + " dense columns and " + tables.length
                    + " coded groups, the rows have " + design.dense().cols() + " and "
                    + design.groups().size() + ", or groups of other sizes");
        }
    }
}
