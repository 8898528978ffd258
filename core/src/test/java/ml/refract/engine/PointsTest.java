package ml.refract.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.ParallelFor;
import ml.refract.testing.TestData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PointsTest {
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void rowsThatAreNotFiniteAreRefused(Engine<A> engine) {
        for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e200}) {
            DoubleMatrix x = TestData.seeded(1).matrix(70, 3);
            x.set(41, 2, bad);
            for (int threads : new int[] {1, 3}) {
                try (Workers workers = new Workers(threads)) {
                    assertThatThrownBy(() -> Points.pack(engine, Design.of(x), Projection.identity(3), workers))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessage(
                                    "Row 41, less the mean of the centers, holds numbers that are not finite or too "
                                            + "large for the engine '" + engine.name() + "' to square");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    <A> void codesBecomeLevelsAndUnknownTheLastOne(Engine<A> engine) {
        Design design = Design.of(DoubleMatrix.zeros(3, 0), List.of(new Design.Group(new int[] {2, -1, 0}, 3)));
        GroupTable table = GroupTable.diagonal(new double[] {1, 1, 1}, u -> u * u);
        Points<A> points = Points.pack(engine, design, Projection.identity(0, table), ParallelFor.serial());
        assertThat(points.groups()).isEqualTo(1);
        assertThat(points.levels(0)).startsWith(2, 3, 0);
        assertThat(points.count()).isEqualTo(3);
        assertThat(points.width()).isZero();
    }
}
