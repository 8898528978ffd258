package ml.refract.engine;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ml.refract.engine.PairFunction.Output;
import ml.refract.kernel.DualActivation;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Panels;
import ml.refract.linalg.ParallelFor;
import ml.refract.linalg.Rows;
import ml.refract.testing.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every engine promises about pairs of points and the sums over them. The oracle is {@link PairFunction} in double,
 * on the coordinates as the engine rounded them.
 */
public abstract class EngineContractTest<A> {
    /** Half the spacing of floats at 1. */
    protected static final double UNIT = 0x1p-24;

    /** Around the vector width, the panel, the strip and the tile. */
    private static final int[] SIZES = {1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 256, 257};

    private final Engine<A> engine;

    protected EngineContractTest(Engine<A> engine) {
        this.engine = engine;
    }

    /**
     * A pair whose sum is known.
     *
     * @param norms squared norms of the two points added up
     * @param width dense coordinates
     */
    protected record Pair(PairFunction function, double sum, double norms, int width) {
        /** What the exponential is taken of, negated. */
        public double argument() {
            return function.scale() * Math.pow(sum, function.exponent() / function.norm());
        }
    }

    /** Largest error allowed in a value. */
    protected abstract double valueTolerance(Pair pair);

    /** Largest error allowed in a weight. */
    protected abstract double weightTolerance(Pair pair);

    /** Relative error of one product of a tile entry with a number, and of each addition, in sums over tiles. */
    protected abstract double unit();

    /** Error of the functions of an angle for each layer and three more, relative to their size. */
    protected abstract double angleError();

    /** Relative error of the slope of a pair function. */
    protected abstract double slopeError();

    /** The coded groups of a case. */
    private enum Groups {
        NONE,
        DIAGONAL,
        FULL,
        MIXED,
        /** Diagonal, all but the last without weight. */
        IGNORED
    }

    /** Every form, for points of some width; bandwidths that spread the values over (0, 1). */
    static List<PairFunction> functions(int width) {
        double typical = Math.sqrt(width);
        List<PairFunction> result = new ArrayList<>();
        for (double q : new double[] {0.7, 1, 1.4, 2}) {
            result.add(PairFunction.power(2, q, 2 * typical));
        }
        result.add(PairFunction.power(1, 1, width));
        result.add(PairFunction.power(1.5, 1, typical));
        result.add(PairFunction.power(1.3, 0.7, typical).withWeightFloor(0.5));
        for (double q : new double[] {0.7, 1, 1.4}) {
            result.add(PairFunction.power(q, q, width));
        }
        result.add(PairFunction.power(2, 1.2, typical).withWeightFloor(typical));
        result.add(PairFunction.sumPower(1, 1.5, 0, 1, width));
        result.add(PairFunction.sumPower(0.7, 2, 0.2, 3, width));
        result.add(PairFunction.sumPower(1.4, 1, 0, 2, width));
        result.add(PairFunction.sumPower(2, 1, 0.6, 5, width));
        return result;
    }

    /** Functions of inner products, nearly straight and strongly bent. */
    static List<PairFunction> innerFunctions() {
        DualActivation relu = DualActivation.relu();
        return List.of(
                network(0.3, relu, 1, true),
                network(1, relu, 2, true),
                network(10, DualActivation.leakyRelu(0.2), 5, true),
                network(1e3, relu, 1, true),
                network(2, relu, 3, false),
                network(1, DualActivation.erf(), 2, true),
                network(3, DualActivation.polynomial(0, 0.5, 0.2, 0.3), 1, true),
                network(0.5, DualActivation.sine(2.676), 1, false));
    }

    private static PairFunction network(double bandwidth, DualActivation activation, int layers, boolean tangent) {
        return PairFunction.network(bandwidth, new WideNetwork(activation.layer(), layers, tangent));
    }

    private static List<PairFunction> allFunctions(int width) {
        List<PairFunction> result = new ArrayList<>(functions(width));
        result.addAll(innerFunctions());
        return result;
    }

    static IntStream widths() {
        return IntStream.concat(IntStream.rangeClosed(1, 40), IntStream.of(64, 130));
    }

    static Stream<PairFunction> functionsOfOneWidth() {
        return functions(20).stream();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void tilesHoldThePairFunctionForEveryWidth(int width) {
        TestData data = TestData.seeded(width);
        for (PairFunction function : functions(width)) {
            Projection projection = Projection.identity(width);
            Points<A> rows = pack(Design.of(data.matrix(19, width)), projection);
            Points<A> cols = pack(Design.of(data.matrix(11, width)), projection);
            checkTile(rows, cols, function);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void tilesHoldThePairFunctionWithCodedGroups(Groups groups) {
        TestData data = TestData.seeded(11);
        for (int dense : new int[] {0, 1, 5, 16, 17, 40}) {
            int[] levels = {1, 3, 40};
            for (PairFunction function : functions(dense + 44)) {
                Projection projection = projection(dense, groups, function, data, levels);
                Points<A> rows = pack(data.design(data.matrix(35, dense), levels), projection);
                Points<A> cols = pack(data.design(data.matrix(37, dense), levels), projection);
                checkTile(rows, cols, function);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tilesHoldFunctionsOfInnerProducts(Groups groups) {
        TestData data = TestData.seeded(12);
        for (int dense : new int[] {0, 1, 7, 16, 17, 40, 130}) {
            for (PairFunction function : innerFunctions()) {
                Projection projection = projection(dense, groups, function, data, groupLevels(groups));
                Points<A> rows = pack(data.design(data.matrix(37, dense), groupLevels(groups)), projection);
                Points<A> cols = pack(data.design(data.matrix(70, dense), groupLevels(groups)), projection);
                checkInner(rows, cols, function);
                checkInner(rows, rows, function);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6})
    void nearlyParallelPointsKeepTheirDigits(double distance) {
        TestData data = TestData.seeded(15);
        for (int width : new int[] {1, 17, 130}) {
            DoubleMatrix points = data.matrix(20, width);
            DoubleMatrix moved = points.copy();
            for (int k = 0; k < moved.values().length; k++) {
                moved.values()[k] += distance * data.uniform(0.5, 1);
            }
            Projection projection = Projection.identity(width);
            for (PairFunction function : innerFunctions()) {
                checkInner(pack(Design.of(points), projection), pack(Design.of(moved), projection), function);
            }
        }
    }

    private void checkInner(Points<A> rows, Points<A> cols, PairFunction function) {
        for (Output output : Output.values()) {
            A tile = fill(rows, 0, rows.count(), cols, 0, cols.count(), function, output);
            for (int i = 0; i < rows.count(); i++) {
                for (int j = 0; j < cols.count(); j++) {
                    checkInner(rows, i, cols, j, function, output, engine.get(tile, Panels.index(i, j, cols.count())));
                }
            }
        }
    }

    /**
     * Products of w coordinates err by w + 4 roundings of a number below 1, unless the two points are nearly parallel; the result
     * is rounded once more.
     */
    private void checkInner(
            Points<A> rows, int i, Points<A> cols, int j, PairFunction function, Output output, double actual) {
        double a = Math.sqrt(function.bias() + engine.get(rows.squaredNorms(), i));
        double b = Math.sqrt(function.bias() + engine.get(cols.squaredNorms(), j));
        double complement = complement(rows, i, a, cols, j, b, function.bias());
        double expected = function.ofCosine(output, complement, a, b);
        double error = complement < 0.9 * 4e-3 ? 1e-13 * complement : (rows.width() + 8 + 4 * rows.groups()) * unit();
        double low = function.ofCosine(output, Math.max(0, complement - error), a, b);
        double high = function.ofCosine(output, Math.min(2, complement + error), a, b);
        LayerFunction layer = function.network().layer();
        boolean lengths = layer.homogeneous();
        double slope = lengths
                ? Math.abs(function.ofCosine(Output.WEIGHT, complement, a, b)) * function.bias()
                : function.ofCosine(Output.WEIGHT, 0, a, b) * (a * b); // there it is steepest
        double size = switch (output) {
            case VALUE -> lengths ? a * b / function.bias() : 1;
            case WEIGHT -> lengths ? 1 / function.bias() : 1 / (a * b);
            case OWN_WEIGHT -> lengths ? b / (a * function.bias()) : 1 / (a * a);
        };
        double tolerance = 1.1 * Math.max(Math.abs(low - expected), Math.abs(high - expected))
                + 2 * unit() * Math.abs(expected)
                + angleError() * (3 + function.network().layers()) * layer.slope(0) * (1 + slope) * size;
        if (!(Math.abs(actual - expected) <= tolerance)) {
            throw new AssertionError(output + " (" + i + ", " + j + ") of " + function + " is " + actual + ", not "
                    + expected + " within " + tolerance);
        }
    }

    /** 1 minus the cosine, from differences of the two directions. */
    private double complement(Points<A> rows, int i, double a, Points<A> cols, int j, double b, double bias) {
        double sum = bias * Math.pow(1 / a - 1 / b, 2);
        for (int s = 0; s < rows.width(); s++) {
            double x = engine.get(rows.coordinates(), coordinate(rows, i, s));
            double z = engine.get(cols.coordinates(), coordinate(cols, j, s));
            sum += Math.pow(x / a - z / b, 2);
        }
        for (int g = 0; g < rows.groups(); g++) {
            GroupTable table = rows.projection().tables()[g];
            int one = rows.levels(g)[i];
            int other = cols.levels(g)[j];
            sum += table.sum(one, one) / (a * a)
                    + table.sum(other, other) / (b * b)
                    - 2 * table.sum(one, other) / (a * b);
        }
        return Math.max(0, sum / 2);
    }

    @Test
    void tilesOfEveryShapeAreFilled() {
        TestData data = TestData.seeded(5);
        int width = 3;
        Projection projection = Projection.identity(width);
        Points<A> points = pack(Design.of(data.matrix(257, width)), projection);
        List<PairFunction> oneOfEachLoop = List.of(
                PairFunction.power(2, 1, 2),
                PairFunction.power(1, 1, 2),
                PairFunction.power(1.5, 1, 2),
                PairFunction.sumPower(1, 1, 0.1, 2, width));
        for (PairFunction function : oneOfEachLoop) {
            for (int size : SIZES) {
                checkTile(points, 0, size, points, 0, 9, function);
                checkTile(points, 0, 9, points, 0, size, function);
            }
        }
        Points<A> wide = pack(Design.of(data.matrix(257, 17)), Projection.identity(17));
        for (int size : SIZES) {
            checkTile(wide, 0, size, wide, 0, 33, PairFunction.power(2, 1, 5));
            checkTile(wide, 0, 33, wide, 0, size, PairFunction.power(2, 1, 5));
        }
        Points<A> many = pack(Design.of(data.matrix(1021, width)), projection);
        checkTile(many, 0, 1021, many, 0, 1021, PairFunction.power(2, 1, 2));
    }

    @Test
    void anEmptyTileIsNoError() {
        Points<A> none = pack(Design.of(DoubleMatrix.zeros(0, 3)), Projection.identity(3));
        Points<A> some = pack(Design.of(DoubleMatrix.zeros(9, 3)), Projection.identity(3));
        for (PairFunction function : functions(3)) {
            fill(none, 0, 0, some, 0, 9, function, Output.VALUE);
            fill(some, 0, 9, none, 0, 0, function, Output.WEIGHT);
        }
    }

    @Test
    void identicalRowsHaveValueOneAndWeightZero() {
        TestData data = TestData.seeded(7);
        List<PairFunction> functions = new ArrayList<>();
        for (double bandwidth : new double[] {1e-6, 1, 1e9}) {
            for (double q : new double[] {0.05, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2}) {
                functions.add(PairFunction.power(2, q, bandwidth));
                functions.add(PairFunction.power(Math.min(2, 1.5 * q), q, bandwidth));
                functions.add(PairFunction.power(q, q, bandwidth));
            }
        }
        for (int width : new int[] {1, 5, 16, 17, 41, 130, 700}) {
            Rows dense = data.matrix(9, width);
            for (PairFunction function : functions) {
                checkSelfPairs(data, dense, function);
            }
            for (double q : new double[] {0.2, 0.7, 1, 1.4}) {
                for (double mix : new double[] {0, 0.2, 0.37, 0.9}) {
                    checkSelfPairs(data, dense, PairFunction.sumPower(q, 1, mix, 3, width + 10));
                }
            }
        }
    }

    private void checkSelfPairs(TestData data, Rows dense, PairFunction function) {
        Design design = data.design(dense, 3, 7);
        for (Groups groups : List.of(Groups.DIAGONAL, Groups.FULL)) {
            Points<A> points = pack(design, projection(dense.cols(), groups, function, data, 3, 7));
            int n = points.count();
            A values = fill(points, 0, n, points, 0, n, function, Output.VALUE);
            A weights = fill(points, 0, n, points, 0, n, function, Output.WEIGHT);
            for (int i = 0; i < n; i++) {
                int at = Panels.index(i, i, n);
                assertThat(engine.get(values, at))
                        .as("value of %s %s", function, groups)
                        .isEqualTo(1);
                if (function.form() == PairFunction.Form.POWER) { // the other form drops self terms by its slope
                    assertThat(engine.get(weights, at))
                            .as("weight of %s %s", function, groups)
                            .isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6})
    void nearDuplicatesKeepTheirDigits(double distance) {
        TestData data = TestData.seeded(13);
        for (int width : new int[] {2, 17, 130}) {
            DoubleMatrix points = data.matrix(20, width);
            DoubleMatrix moved = points.copy();
            for (int k = 0; k < moved.values().length; k++) {
                moved.values()[k] += distance * data.uniform(0.5, 1);
            }
            Projection projection = Projection.identity(width);
            for (PairFunction function : functions(width)) {
                checkTile(pack(Design.of(points), projection), pack(Design.of(moved), projection), function);
            }
        }
    }

    /** Two clusters far from the mean: inner products cancel, just above where pairs are recomputed and below. */
    @ParameterizedTest
    @ValueSource(doubles = {2, 5, 10, 15, 20, 100})
    void clustersFarFromTheMeanLoseNoMoreThanTheCancellation(double distance) {
        TestData data = TestData.seeded(14);
        for (int width : new int[] {5, 17, 40, 130}) {
            DoubleMatrix x = data.matrix(64, width);
            for (int k = 0; k < x.values().length; k++) {
                x.values()[k] = 0.5 * x.values()[k] + (k / width % 2 == 0 ? distance : -distance);
            }
            Points<A> points = pack(Design.of(x), Projection.identity(width));
            for (double q : new double[] {0.7, 1, 1.4, 2}) {
                checkTile(points, points, PairFunction.power(2, q, Math.sqrt(width)));
            }
        }
    }

    @Test
    void extremeScalesGiveDefinedNumbers() {
        TestData data = TestData.seeded(17);
        for (int width : new int[] {1, 5, 20}) {
            for (double scale : new double[] {1e-40, 1e-30, 1e-12, 1, 1e6, 1e12, 1e18}) {
                for (double bandwidth : new double[] {1e-6, 1, 1e9}) {
                    DoubleMatrix x = data.matrix(9, width);
                    for (int k = 0; k < x.values().length; k++) {
                        x.values()[k] *= scale;
                    }
                    Points<A> points = pack(Design.of(x), Projection.identity(width));
                    for (PairFunction f : functions(width)) {
                        PairFunction function = new PairFunction(
                                f.form(),
                                f.norm(),
                                f.exponent(),
                                bandwidth,
                                f.mix(),
                                f.power(),
                                f.width(),
                                0,
                                f.network());
                        checkValues(points, 0, 9, points, 0, 9, function);
                        checkFinite(points, function);
                    }
                }
            }
        }
    }

    @Test
    void aFarOutlierIsUnlikeAllOthersAndLikeItself() {
        TestData data = TestData.seeded(19);
        for (int width : new int[] {3, 20}) {
            DoubleMatrix x = data.matrix(9, width);
            for (int s = 0; s < width; s++) {
                x.set(4, s, s % 2 == 0 ? 1e18 : -1e15);
            }
            Points<A> points = pack(Design.of(x), Projection.identity(width));
            for (PairFunction function : functions(width)) {
                checkTile(points, points, function);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.05, 1.5, 1.9, 1.99, 2})
    void distancesBeyondTheRangeOfFloatsAreInfinite(double norm) {
        DoubleMatrix x = DoubleMatrix.zeros(5, 12);
        Arrays.fill(x.values(), 12, 24, 5e18);
        Arrays.fill(x.values(), 24, 36, -5e18);
        x.set(3, 0, -1.8e19);
        x.set(4, 0, 1.8e19);
        Points<A> points = pack(Design.of(x), Projection.identity(12));
        PairFunction function = PairFunction.power(norm, 1, 1);
        A values = fill(points, 0, 5, points, 0, 5, function, Output.VALUE);
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                assertThat(engine.get(values, Panels.index(i, j, 5))).isEqualTo(i == j ? 1 : 0);
            }
        }
        checkFinite(points, function);
    }

    @ParameterizedTest
    @EnumSource
    void swappingTheTwoPointsGivesTheSameBits(Groups groups) {
        TestData data = TestData.seeded(23);
        for (int dense : new int[] {3, 20}) {
            for (PairFunction function : allFunctions(dense + 13)) {
                Projection projection = projection(dense, groups, function, data, groupLevels(groups));
                Points<A> x = pack(data.design(data.matrix(40, dense), groupLevels(groups)), projection);
                Points<A> z = pack(data.design(data.matrix(21, dense), groupLevels(groups)), projection);
                for (Output output : List.of(Output.VALUE, Output.WEIGHT)) {
                    A one = fill(x, 0, 40, z, 0, 21, function, output);
                    A other = fill(z, 0, 21, x, 0, 40, function, output);
                    for (int i = 0; i < 40; i++) {
                        for (int j = 0; j < 21; j++) {
                            assertSameBits(one, Panels.index(i, j, 21), other, Panels.index(j, i, 40), function);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPairHasTheSameBitsWhereverItStands(Groups groups) {
        TestData data = TestData.seeded(29);
        for (int dense : new int[] {3, 20}) {
            for (PairFunction function : allFunctions(dense + 13)) {
                Projection projection = projection(dense, groups, function, data, groupLevels(groups));
                Design design = data.design(data.matrix(300, dense), groupLevels(groups));
                Points<A> all = pack(design, projection);
                for (Output output : Output.values()) {
                    A whole = fill(all, 0, 256, all, 0, 256, function, output);
                    A part = fill(all, 64, 65, all, 32, 15, function, output);
                    Points<A> alone = Points.pack(engine, design, 100, 1, projection, ParallelFor.serial());
                    A single = fill(alone, 0, 1, all, 32, 15, function, output);
                    for (int j = 0; j < 15; j++) {
                        int inWhole = Panels.index(100, 32 + j, 256);
                        assertSameBits(whole, inWhole, part, Panels.index(100 - 64, j, 15), function);
                        assertSameBits(whole, inWhole, single, Panels.index(0, j, 15), function);
                    }
                }
            }
        }
    }

    @Test
    void paddingOfPackedPointsIsZero() {
        int width = 5;
        Points<A> points = pack(Design.of(TestData.seeded(31).matrix(37, width)), Projection.identity(width));
        for (int i = 37; i < 64; i++) {
            assertThat(engine.get(points.squaredNorms(), i)).isZero();
            for (int s = 0; s < width; s++) {
                assertThat(engine.get(points.coordinates(), coordinate(points, i, s)))
                        .isZero();
            }
        }
    }

    @Test
    void contractAddsTheProductOfTileAndPayload() {
        TestData data = TestData.seeded(37);
        for (int rows : new int[] {1, 2, 31, 33, 96, 97, 128, 129, 250}) {
            for (int width : new int[] {1, 2, 7, 8, 9, 17}) {
                for (int depth : new int[] {1, 8, 65, 256}) {
                    checkContract(data, rows, depth, width);
                }
            }
        }
    }

    private void checkContract(TestData data, int rows, int depth, int width) {
        int stride = Panels.paddedColumns(width) + 8;
        int from = 3 * stride;
        A tile = randomTile(data, rows, depth);
        A payload = randomPayload(data, depth + 3, width, stride);
        double[] target = data.gaussians(5 + rows * width);
        double[] expected = target.clone();
        double worst = 0;
        for (int i = 0; i < rows; i++) {
            for (int l = 0; l < width; l++) {
                double size = 0;
                double sum = 0;
                for (int k = 0; k < depth; k++) {
                    double term =
                            engine.get(tile, Panels.index(i, k, depth)) * engine.get(payload, from + k * stride + l);
                    sum += term;
                    size += Math.abs(term);
                }
                expected[5 + i * width + l] += sum;
                worst = Math.max(worst, size);
            }
        }
        double[] transposedTarget = target.clone();
        engine.contract(tile, rows, depth, payload, from, stride, width, target, 5);
        // A chain of depth multiplications and additions, each rounded.
        assertClose(target, expected, depth * unit() * worst + 1e-15 * worst, rows + " x " + depth + ", " + width);

        A transposed = engine.allocate(Panels.length(depth, rows));
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < depth; k++) {
                engine.set(transposed, Panels.index(k, i, rows), engine.get(tile, Panels.index(i, k, depth)));
            }
        }
        engine.contractTransposed(transposed, depth, rows, payload, from, stride, width, transposedTarget, 5);
        assertThat(transposedTarget).as("transposed has the same bits").containsExactly(target);

        double[] column = new double[rows];
        double[] wide = new double[rows * width];
        engine.contract(tile, rows, depth, payload, from, stride, width, wide, 0);
        engine.contract(tile, rows, depth, payload, from + width - 1, stride, 1, column, 0);
        for (int i = 0; i < rows; i++) {
            assertThat(column[i]).as("one column alone has the same bits").isEqualTo(wide[(i + 1) * width - 1]);
        }
    }

    @ParameterizedTest
    @MethodSource("functionsOfOneWidth")
    void slopeSumsAddWeightedSlopes(PairFunction function) {
        if (function.euclidean()) {
            return; // has a matrix product form
        }
        TestData data = TestData.seeded(41);
        for (int rows : new int[] {1, 15, 16, 17, 33, 65}) {
            for (int outputs : new int[] {1, 3}) {
                checkSlopeSums(data, function, rows, rows == 65 ? 257 : 23, outputs);
            }
        }
    }

    private void checkSlopeSums(TestData data, PairFunction function, int rowCount, int colCount, int outputs) {
        int width = 6;
        int stride = Panels.paddedColumns(outputs);
        DoubleMatrix x = data.matrix(colCount + 32, width);
        DoubleMatrix z = data.matrix(rowCount + 32, width);
        for (int s = 0; s < width; s += 2) {
            z.set(32, s, x.get(32, s)); // coinciding coordinates add nothing
        }
        Points<A> cols = pack(Design.of(x), Projection.identity(width));
        Points<A> rows = pack(Design.of(z), Projection.identity(width));
        A weights = randomTile(data, rowCount, colCount);
        A payload = randomPayload(data, colCount, outputs, stride);
        double[] target = data.gaussians(4 + rowCount * outputs * width);
        double[] expected = target.clone();
        double worst = 0;
        for (int j = 0; j < rowCount; j++) {
            for (int l = 0; l < outputs; l++) {
                for (int s = 0; s < width; s++) {
                    double size = 0;
                    for (int i = 0; i < colCount; i++) {
                        double u = engine.get(rows.coordinates(), coordinate(rows, 32 + j, s))
                                - engine.get(cols.coordinates(), coordinate(cols, 32 + i, s));
                        double term = engine.get(weights, Panels.index(j, i, colCount))
                                * engine.get(payload, i * stride + l)
                                * (engine.precision() == Precision.FLOAT32
                                        ? function.slope((float) u)
                                        : function.slope(u));
                        expected[4 + (j * outputs + l) * width + s] += term;
                        size += Math.abs(term);
                    }
                    worst = Math.max(worst, size);
                }
            }
        }
        engine.slopeSums(
                rows, 32, rowCount, cols, 32, colCount, function, weights, payload, 0, stride, outputs, target, 4);
        assertClose(
                target,
                expected,
                (slopeError() + (colCount + 1) * unit()) * worst + 1e-14 * worst,
                function.toString());
    }

    @Test
    void levelSumsCollectByLevel() {
        for (int outputs : new int[] {1, 3, 4, 9}) {
            for (int rows : new int[] {1, 37, 64}) {
                checkLevelSums(TestData.seeded(43), rows, 65, 4, outputs);
            }
        }
        checkLevelSums(TestData.seeded(44), 37, 65, 300, 5);
    }

    private void checkLevelSums(TestData data, int rows, int cols, int levels, int outputs) {
        int stride = Panels.paddedColumns(outputs + 1);
        A weights = randomTile(data, rows, cols);
        A payload = randomPayload(data, cols, outputs + 1, stride);
        int[] columnLevels =
                IntStream.range(0, cols + 9).map(i -> data.below(levels + 1)).toArray();
        double[] target = data.gaussians(rows * outputs * (levels + 1));
        double[] expected = target.clone();
        double[] sizes = new double[target.length];
        for (int j = 0; j < rows; j++) {
            for (int l = 0; l < outputs; l++) {
                for (int i = 0; i < cols; i++) {
                    int at = (j * outputs + l) * (levels + 1) + columnLevels[9 + i];
                    double term =
                            engine.get(weights, Panels.index(j, i, cols)) * engine.get(payload, i * stride + 1 + l);
                    expected[at] += term;
                    sizes[at] += Math.abs(term);
                }
            }
        }
        engine.levelSums(weights, rows, cols, columnLevels, 9, levels, payload, 1, stride, outputs, target);
        double worst = Arrays.stream(sizes).max().orElseThrow();
        // A chain of at most so many multiplications and additions, each rounded.
        assertClose(target, expected, cols * unit() * worst + 1e-15 * worst, rows + " rows, " + outputs + " outputs");
    }

    private Points<A> pack(Design design, Projection projection) {
        return Points.pack(engine, design, projection, ParallelFor.serial());
    }

    private static int[] groupLevels(Groups groups) {
        return groups == Groups.NONE ? new int[0] : new int[] {3, 10};
    }

    /** The identity on dense columns with a random table for each group. */
    private static Projection projection(
            int dense, Groups groups, PairFunction function, TestData data, int... levels) {
        GroupTable[] tables = new GroupTable[levels.length];
        for (int b = 0; b < levels.length; b++) {
            boolean full = groups == Groups.FULL || groups == Groups.MIXED && b % 2 == 0;
            boolean ignored = groups == Groups.IGNORED && b < levels.length - 1;
            double[] roots =
                    ignored ? new double[levels[b]] : data.diagonals(levels[b]).diagonal();
            tables[b] = full
                    ? fullTable(data.positiveDefinite(levels[b]), function)
                    : function.inner() ? GroupTable.products(roots) : GroupTable.diagonal(roots, function::term);
        }
        return Projection.identity(dense, tables);
    }

    private static GroupTable fullTable(DoubleMatrix root, PairFunction function) {
        if (function.inner()) {
            return GroupTable.products(root.times(root));
        }
        return function.euclidean()
                ? GroupTable.squaredDistances(root.times(root))
                : GroupTable.full(root, function::term);
    }

    private A fill(
            Points<A> rows,
            int rowFrom,
            int rowCount,
            Points<A> cols,
            int colFrom,
            int colCount,
            PairFunction function,
            Output output) {
        A tile = engine.allocate(Panels.length(rowCount, colCount));
        engine.pairTile(rows, rowFrom, rowCount, cols, colFrom, colCount, function, output, tile);
        return tile;
    }

    private void checkTile(Points<A> rows, Points<A> cols, PairFunction function) {
        checkTile(rows, 0, rows.count(), cols, 0, cols.count(), function);
    }

    private void checkTile(
            Points<A> rows,
            int rowFrom,
            int rowCount,
            Points<A> cols,
            int colFrom,
            int colCount,
            PairFunction function) {
        checkValues(rows, rowFrom, rowCount, cols, colFrom, colCount, function);
        A weights = fill(rows, rowFrom, rowCount, cols, colFrom, colCount, function, Output.WEIGHT);
        for (int i = 0; i < rowCount; i++) {
            for (int j = 0; j < colCount; j++) {
                Pair pair = pair(rows, rowFrom + i, cols, colFrom + j, function);
                double expected = function.weight(pair.sum());
                double actual = engine.get(weights, Panels.index(i, j, colCount));
                if (!(Math.abs(actual - expected) <= weightTolerance(pair))) {
                    throw new AssertionError("weight (" + i + ", " + j + ") of " + pair + " is " + actual + ", not "
                            + expected + " within " + weightTolerance(pair));
                }
            }
        }
    }

    private void checkValues(
            Points<A> rows,
            int rowFrom,
            int rowCount,
            Points<A> cols,
            int colFrom,
            int colCount,
            PairFunction function) {
        A values = fill(rows, rowFrom, rowCount, cols, colFrom, colCount, function, Output.VALUE);
        for (int i = 0; i < rowCount; i++) {
            for (int j = 0; j < colCount; j++) {
                Pair pair = pair(rows, rowFrom + i, cols, colFrom + j, function);
                double expected = function.value(pair.sum());
                double actual = engine.get(values, Panels.index(i, j, colCount));
                if (!(Math.abs(actual - expected) <= valueTolerance(pair))) {
                    throw new AssertionError("value (" + i + ", " + j + ") of " + pair + " is " + actual + ", not "
                            + expected + " within " + valueTolerance(pair));
                }
            }
        }
    }

    private void checkFinite(Points<A> points, PairFunction function) {
        int n = points.count();
        A weights = fill(points, 0, n, points, 0, n, function, Output.WEIGHT);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                assertThat(engine.get(weights, Panels.index(i, j, n)))
                        .as("%s", function)
                        .isFinite()
                        .isNotPositive();
            }
        }
    }

    private Pair pair(Points<A> rows, int i, Points<A> cols, int j, PairFunction function) {
        double sum = 0;
        double norms = 0;
        for (int s = 0; s < rows.width(); s++) {
            double x = engine.get(rows.coordinates(), coordinate(rows, i, s));
            double z = engine.get(cols.coordinates(), coordinate(cols, j, s));
            sum += function.term(x - z);
            norms += x * x + z * z;
        }
        for (int b = 0; b < rows.groups(); b++) {
            sum += rows.projection().tables()[b].sum(rows.levels(b)[i], cols.levels(b)[j]);
        }
        return new Pair(function, sum, norms, rows.width());
    }

    private static int coordinate(Points<?> points, int i, int s) {
        return points.panelStart(i) + s * Panels.ROWS + i % Panels.ROWS;
    }

    /** A tile whose padding holds numbers, too. */
    private A randomTile(TestData data, int rows, int cols) {
        A tile = engine.allocate(Panels.length(rows, cols));
        for (int k = 0; k < Panels.length(rows, cols); k++) {
            engine.set(tile, k, data.gaussian());
        }
        return tile;
    }

    private A randomPayload(TestData data, int rows, int width, int stride) {
        A payload = engine.allocate(rows * stride);
        for (int i = 0; i < rows; i++) {
            for (int l = 0; l < width; l++) {
                engine.set(payload, i * stride + l, data.gaussian());
            }
        }
        return payload;
    }

    private void assertSameBits(A one, int at, A other, int otherAt, PairFunction function) {
        if (engine.get(one, at) != engine.get(other, otherAt)) {
            throw new AssertionError(function + ": " + engine.get(one, at) + " and " + engine.get(other, otherAt));
        }
    }
}
