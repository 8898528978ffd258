package ml.refract.lab.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import ml.refract.lab.algebra.FeatureStructure.Lines;
import ml.refract.linalg.DoubleMatrix;
import org.junit.jupiter.api.Test;

class FeatureStructureTest {
    private static final int N = 11;

    private interface Entry {
        double of(int i, int j);
    }

    private static DoubleMatrix matrix(int n, Entry entry) {
        DoubleMatrix result = DoubleMatrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                result.set(i, j, entry.of(i, j));
            }
        }
        return result;
    }

    private static double wave(int k) {
        return Math.sin(2.7 * k) + 0.3;
    }

    @Test
    void circulantBlocksHaveNoDeviationAlongTheirLines() {
        DoubleMatrix circulant = matrix(N, (i, j) -> wave(Math.floorMod(j - i, N)));
        DoubleMatrix hankel = matrix(N, (i, j) -> wave((i + j) % N));
        assertThat(FeatureStructure.deviation(circulant, Lines.DIAGONALS)).isCloseTo(0, within(1e-14));
        assertThat(FeatureStructure.deviation(hankel, Lines.ANTIDIAGONALS)).isCloseTo(0, within(1e-14));
        assertThat(FeatureStructure.deviation(circulant, Lines.ANTIDIAGONALS)).isGreaterThan(0.5);
        assertThat(FeatureStructure.deviation(hankel, Lines.DIAGONALS)).isGreaterThan(0.5);
    }

    /** Of n^2 independent numbers, n means explain a share of 1/n. */
    @Test
    void noiseDeviatesByAllButTheMeansOfLines() {
        SplittableRandom random = new SplittableRandom(1);
        DoubleMatrix noise = matrix(60, (i, j) -> random.nextGaussian());
        assertThat(FeatureStructure.deviation(noise, Lines.DIAGONALS)).isCloseTo(1 - 1.0 / 60, within(0.02));
    }

    /** A function of b/a is circulant once both are in the order of logarithms. */
    @Test
    void logarithmsMakeQuotientsCirculant() {
        int p = 13;
        int[] logarithms = Residues.logarithms(p);
        DoubleMatrix block =
                matrix(p, (i, j) -> i * j == 0 ? 7 : wave(Math.floorMod(logarithms[j] - logarithms[i], p - 1)));
        DoubleMatrix ordered = FeatureStructure.reordered(block, Residues.byLogarithm(p));
        assertThat(ordered.rows()).isEqualTo(p - 1);
        assertThat(FeatureStructure.deviation(ordered, Lines.DIAGONALS)).isCloseTo(0, within(1e-14));
    }

    @Test
    void fitsOfIdentityAndOnes() {
        FeatureStructure.IdentityAndOnes fit =
                FeatureStructure.IdentityAndOnes.of(matrix(5, (i, j) -> (i == j ? 3 : 0) - 0.25));
        assertThat(fit.identity()).isCloseTo(3, within(1e-14));
        assertThat(fit.ones()).isCloseTo(-0.25, within(1e-14));
    }

    @Test
    void blocksAndCosines() {
        DoubleMatrix all = matrix(4, (i, j) -> 10 * i + j);
        assertThat(FeatureStructure.block(all, 2, 0, 2).values()).containsExactly(20, 21, 30, 31);
        assertThat(FeatureStructure.cosine(DoubleMatrix.identity(2), matrix(2, (i, j) -> 1)))
                .isCloseTo(Math.sqrt(0.5), within(1e-15));
        assertThat(FeatureStructure.cosine(all, all)).isCloseTo(1, within(1e-15));
    }
}
