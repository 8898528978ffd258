package ml.refract.engine.vector;

import static ml.refract.linalg.Panels.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import ml.refract.engine.GroupTable;
import ml.refract.engine.PairFunction;
import ml.refract.engine.Points;

/**
 * Turns the inner products of a strip of pairs into values or weights of the kernel of a network: first into complements 1 - c of
 * cosines, then layer by layer into the kernel of the network ({@link RectifierLayers}, {@link SeriesLayers}), then by the lengths of
 * the points. The loops follow the rules of {@link VectorMath}. One instance serves one call on one thread.
 */
final class AngleFunctions {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int W = Lanes.WIDTH;
    /** Complements below this have lost digits in float products and are recomputed from differences. */
    private static final float NEAR = 4e-3f;

    private static final int LARGEST_BITS = Float.floatToRawIntBits(2f);

    private final Points<float[]> rows;
    private final Points<float[]> cols;
    private final PairFunction function;
    private final PairFunction.Output output;
    private final NetworkLayers layers;
    private final NetworkLayers.Slope slope;
    private final float scale;
    /** Powers of the lengths of a row and of a column that a value or weight has as factors. */
    private final int rowPower;

    private final int colPower;
    private final float[] rowInverses = new float[ROWS];
    private final float[] rowFactors = new float[ROWS];

    AngleFunctions(Points<float[]> rows, Points<float[]> cols, PairFunction function, PairFunction.Output output) {
        this.rows = rows;
        this.cols = cols;
        this.function = function;
        this.output = output;
        this.layers = NetworkLayers.of(function.network());
        boolean lengths = function.network().layer().homogeneous();
        this.slope = output == PairFunction.Output.WEIGHT
                ? NetworkLayers.Slope.ALONE
                : lengths ? NetworkLayers.Slope.EXCESS : NetworkLayers.Slope.TURNED;
        this.scale = (float) (1 / (function.network().atOne() * (lengths ? function.bias() : 1)));
        this.rowPower = (lengths ? 1 : 0)
                - switch (output) {
                    case VALUE -> 0;
                    case WEIGHT -> 1;
                    case OWN_WEIGHT -> 2;
                };
        this.colPower = (lengths ? 1 : 0) - (output == PairFunction.Output.WEIGHT ? 1 : 0);
    }

    /**
     * One strip: a panel of rows against {@code count} columns.
     *
     * @param products overwritten
     */
    void apply(int row, int col, int count, float[] products, float[] tile, int at) {
        for (int r = 0; r < ROWS; r++) {
            double length = length(rows, row + r);
            rowInverses[r] = (float) (1 / length);
            rowFactors[r] = (float) power(length, rowPower);
        }
        for (int j = 0; j < count; j++) {
            complements(row, col + j, products, j * ROWS);
        }
        if (output == PairFunction.Output.VALUE) {
            layers.values(products, count * ROWS);
        } else {
            layers.slopes(slope, products, count * ROWS);
        }
        for (int j = 0; j < count; j++) {
            scale((float) power(length(cols, col + j), colPower), products, j * ROWS, tile, at + j * ROWS);
        }
    }

    private static double power(double length, int power) {
        return switch (power) {
            case 1 -> length;
            case 0 -> 1;
            case -1 -> 1 / length;
            default -> 1 / (length * length);
        };
    }

    private double length(Points<float[]> points, int i) {
        return Math.sqrt(function.bias() + points.squaredNorms()[i]);
    }

    /** tile := (row factor times column factor) values scale, the same bits when the two points of a value are swapped. */
    private void scale(float factor, float[] values, int from, float[] tile, int at) {
        for (int r = 0; r < ROWS; r += W) {
            FloatVector.fromArray(S, rowFactors, r)
                    .mul(factor)
                    .mul(FloatVector.fromArray(S, values, from + r))
                    .mul(scale)
                    .intoArray(tile, at + r);
        }
    }

    /** 1 - (L^2 + x.z) / (a b) for a panel of rows and one column. */
    private void complements(int row, int col, float[] products, int from) {
        float inverse = (float) (1 / length(cols, col));
        float bias = (float) function.bias();
        FloatVector one = FloatVector.broadcast(S, 1f);
        IntVector largest = IntVector.broadcast(Lanes.INT, LARGEST_BITS);
        int signs = 0;
        for (int r = 0; r < ROWS; r += W) {
            FloatVector product = FloatVector.fromArray(S, products, from + r).add(bias);
            FloatVector share = FloatVector.fromArray(S, rowInverses, r).mul(inverse);
            FloatVector complement = product.neg().fma(share, one);
            complement.reinterpretAsInts().min(largest).reinterpretAsFloats().intoArray(products, from + r);
            signs |= complement.sub(NEAR).reinterpretAsInts().reduceLanes(VectorOperators.OR);
        }
        if (signs < 0) {
            recomputeNear(row, col, products, from);
        }
    }

    private void recomputeNear(int row, int col, float[] complements, int from) {
        double b = 1 / length(cols, col);
        for (int r = 0; r < ROWS; r++) {
            if (complements[from + r] < NEAR) {
                complements[from + r] = (float) fromDifferences(row + r, 1 / length(rows, row + r), col, b);
            }
        }
    }

    /** |x/a - z/b|^2 / 2 for points with their bias: exactly 0 for equal ones. */
    private double fromDifferences(int row, double inverseA, int col, double inverseB) {
        int rowAt = rows.panelStart(row) + row % ROWS;
        int colAt = cols.panelStart(col) + col % ROWS;
        double difference = inverseA - inverseB;
        double sum = function.bias() * difference * difference;
        for (int s = 0; s < rows.width(); s++) {
            difference =
                    rows.coordinates()[rowAt + s * ROWS] * inverseA - cols.coordinates()[colAt + s * ROWS] * inverseB;
            sum += difference * difference;
        }
        for (int g : cols.projection().addingGroups()) {
            GroupTable table = cols.projection().tables()[g];
            int one = rows.levels(g)[row];
            int other = cols.levels(g)[col];
            sum += (table.sum(one, one) * (inverseA * inverseA) + table.sum(other, other) * (inverseB * inverseB))
                    - 2 * (table.sum(one, other) * (inverseA * inverseB));
        }
        return Math.max(0, sum / 2);
    }
}
