package ml.refract.linalg;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Matrix} and {@link DoubleMatrix}: one behaviour, two precisions. */
class MatricesTest {
    static Stream<Rows> sameTableInBothPrecisions() {
        return Stream.of(
                Matrix.of(3, 2, new float[] {1, 2, 3, 4, 5, 6}),
                DoubleMatrix.of(3, 2, new double[] {1, 2, 3, 4, 5, 6}));
    }

    static Stream<Rows> tablesWithoutColumns() {
        return Stream.of(Matrix.zeros(4, 0), DoubleMatrix.zeros(4, 0));
    }

    @ParameterizedTest
    @MethodSource("sameTableInBothPrecisions")
    void entriesAreRowMajor(Rows table) {
        assertThat(table.rows()).isEqualTo(3);
        assertThat(table.cols()).isEqualTo(2);
        assertThat(table.get(2, 0)).isEqualTo(5);
        double[] target = new double[4];
        table.copyRow(1, target, 1);
        assertThat(target).containsExactly(0, 3, 4, 0);
    }

    @ParameterizedTest
    @MethodSource("sameTableInBothPrecisions")
    void selectTakesRowsInOrderWithRepeats(Rows table) {
        Rows picked = table.select(new int[] {2, 0, 2});
        assertThat(picked).hasSameClassAs(table);
        assertThat(picked.rows()).isEqualTo(3);
        assertThat(picked.get(0, 1)).isEqualTo(6);
        assertThat(picked.get(1, 0)).isEqualTo(1);
        assertThat(picked.get(2, 1)).isEqualTo(6);
        assertThat(table.select(new int[0]).rows()).isZero();
    }

    @ParameterizedTest
    @MethodSource("sameTableInBothPrecisions")
    void entriesOutsideAreRefused(Rows table) {
        for (int[] at : new int[][] {{-1, 0}, {3, 0}, {0, -1}, {0, 2}}) {
            assertThatThrownBy(() -> table.get(at[0], at[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("Entry (" + at[0] + ", " + at[1] + ") of a 3 x 2 matrix");
        }
        assertThatThrownBy(() -> table.copyRow(3, new double[2], 0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("Row 3 of a 3 x 2 matrix");
        assertThatThrownBy(() -> table.copyRow(0, new double[2], 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> table.select(new int[] {3})).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @MethodSource("tablesWithoutColumns")
    void rowsWithoutColumnsAreRowsAllTheSame(Rows table) {
        double[] target = {7};
        table.copyRow(3, target, 1);
        assertThat(target).containsExactly(7);
        Rows picked = table.select(new int[] {3, 3});
        assertThat(picked.rows()).isEqualTo(2);
        assertThat(picked.cols()).isZero();
        assertThatThrownBy(() -> table.copyRow(4, target, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void wrappingSharesTheArrayAndCopyingDoesNot() {
        double[] values = {1, 2};
        DoubleMatrix wrapped = DoubleMatrix.of(1, 2, values);
        DoubleMatrix copy = wrapped.copy();
        values[0] = 9;
        assertThat(wrapped.get(0, 0)).isEqualTo(9);
        assertThat(copy.get(0, 0)).isEqualTo(1);
        assertThat(wrapped.values()).isSameAs(values);
        assertThat(DoubleMatrix.column(values).values()).isSameAs(values);
        float[] floats = {1, 2};
        assertThat(Matrix.of(2, 1, floats).values()).isSameAs(floats);
    }

    @Test
    void equalityIsOfShapeAndEntries() {
        assertThat(Matrix.zeros(2, 3)).isEqualTo(Matrix.zeros(2, 3)).hasSameHashCodeAs(Matrix.zeros(2, 3));
        assertThat(Matrix.zeros(2, 3)).isNotEqualTo(Matrix.zeros(3, 2)).isNotEqualTo(DoubleMatrix.zeros(2, 3));
        assertThat(DoubleMatrix.zeros(2, 3)).isEqualTo(DoubleMatrix.zeros(2, 3)).isNotEqualTo(DoubleMatrix.zeros(3, 2));
        assertThat(DoubleMatrix.identity(2)).isNotEqualTo(DoubleMatrix.zeros(2, 2));
    }

    @Test
    void rowsMayBeGivenAsArrays() {
        assertThat(Matrix.fromRows(new float[][] {{1, 2}, {3, 4}}).get(1, 0)).isEqualTo(3);
        assertThat(DoubleMatrix.fromRows(new double[][] {{1, 2}, {3, 4}}).get(0, 1))
                .isEqualTo(2);
        assertThat(Matrix.fromRows(new float[0][]).rows()).isZero();
        assertThatThrownBy(() -> Matrix.fromRows(new float[][] {{1, 2}, {3}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Row 1 has 1 entries, row 0 has 2");
        assertThatThrownBy(() -> DoubleMatrix.fromRows(new double[][] {{1}, {3}, {4, 5}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Row 2 has 2 entries, row 0 has 1");
    }

    @Test
    void rowsColumnsAndTranspose() {
        DoubleMatrix a = DoubleMatrix.of(2, 3, new double[] {1, 2, 3, 4, 5, 6});
        assertThat(a.row(1)).containsExactly(4, 5, 6);
        assertThat(a.col(2)).containsExactly(3, 6);
        assertThat(a.transpose()).isEqualTo(DoubleMatrix.of(3, 2, new double[] {1, 4, 2, 5, 3, 6}));
        assertThat(a.times(a.transpose())).isEqualTo(DoubleMatrix.of(2, 2, new double[] {14, 32, 32, 77}));
        assertThat(a.times(DoubleMatrix.identity(3))).isEqualTo(a);
        assertThatThrownBy(() -> a.times(a))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot multiply 2 x 3 by 2 x 3");
    }

    @Test
    void impossibleShapesAreRefused() {
        assertThatThrownBy(() -> Matrix.of(2, 2, new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A 2 x 2 matrix needs 4 entries, got 3");
        assertThatThrownBy(() -> DoubleMatrix.of(2, 2, new double[5]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A 2 x 2 matrix needs 4 entries, got 5");
        assertThatThrownBy(() -> DoubleMatrix.zeros(-1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A matrix cannot have the shape -1 x 2");
        assertThatThrownBy(() -> Matrix.zeros(100_000, 100_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A 100000 x 100000 matrix has 10000000000 entries; one array holds at most 2147483639. "
                        + "Use fewer rows or columns");
    }

    @Test
    void theyDescribeThemselves() {
        assertThat(Matrix.zeros(2, 3)).hasToString("Matrix[2 x 3, float32]");
        assertThat(DoubleMatrix.zeros(2, 3)).hasToString("DoubleMatrix[2 x 3, float64]");
    }

    /** Sizes around the blocks a product is cut into. */
    @Test
    void productsOfManyBlocksAreSums() {
        TestData data = TestData.seeded(1);
        for (int[] size : new int[][] {
            {1, 1, 1}, {3, 63, 511}, {2, 65, 513}, {5, 130, 7}, {1, 4, 1030}, {65, 257, 17}, {130, 3, 16}
        }) {
            DoubleMatrix a = data.matrix(size[0], size[1]);
            DoubleMatrix b = data.matrix(size[1], size[2]);
            DoubleMatrix product = a.times(b);
            DoubleMatrix packed = a.times(b, TestEngines.VECTOR.doubleKernels(), ParallelFor.serial());
            assertClose(packed, product, 1e-12, "product in packed blocks");
            for (int i = 0; i < size[0]; i++) {
                for (int j = 0; j < size[2]; j++) {
                    double sum = 0;
                    for (int k = 0; k < size[1]; k++) {
                        sum += a.get(i, k) * b.get(k, j);
                    }
                    assertThat(product.get(i, j))
                            .isCloseTo(sum, within(1e-12)); // 130 terms of size 1, rounded otherwise
                }
            }
        }
    }
}
