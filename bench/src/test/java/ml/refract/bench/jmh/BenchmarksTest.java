package ml.refract.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ml.refract.engine.PairFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That benchmarks compute what they are named for. */
class BenchmarksTest {

    @ParameterizedTest
    @EnumSource
    void tilesAreTheSameOnBothEngines(Family family) {
        float[] fast = (float[]) tile("vector", family);
        double[] exact = (double[]) tile("scalar", family);

        assertThat(fast).hasSameSizeAs(exact);
        for (int i = 0; i < fast.length; i++) {
            assertThat((double) fast[i]).isCloseTo(exact[i], within(2e-5));
        }
        assertThat(exact[0]).isGreaterThan(0).isLessThan(1);
    }

    private static Object tile(String engine, Family family) {
        KernelTile tile = new KernelTile();
        tile.engine = engine;
        tile.family = family;
        tile.output = PairFunction.Output.VALUE;
        tile.d = 20;
        tile.pack();
        return tile.fill();
    }

    @Test
    void solvesTheSystemItFactored() {
        Solve solve = new Solve();
        solve.n = 300;
        solve.sides = 3;
        solve.threads = 2;
        solve.factor();
        try {
            double[] given =
                    RandomRows.normal(solve.n, solve.sides, "right-hand sides").values();
            double[] solution = solve.triangles().clone();
            double[] image = new double[solution.length];

            solve.system.multiply(KernelSystem.RIDGE, solution, image, solve.sides);

            assertThat(image).containsExactly(given, within(2e-2)); // 2^-24 n / ridge: a float32 factor
        } finally {
            solve.close();
        }
    }
}
