package ml.refract.wide;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ml.refract.engine.Execution;
import ml.refract.kernel.DualActivation;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.SymmetricEigen;
import ml.refract.testing.Close;
import ml.refract.testing.TestEngines;
import ml.refract.wide.PixelNetwork.Upsampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PixelNetworkTest {
    private static final Execution SERIAL = TestEngines.serial(TestEngines.SCALAR);
    private static final double SLOPE = 0.2;

    private static PixelNetwork network(int window, int scales, Upsampling upsampling) {
        return new PixelNetwork(new DualActivation.Rectifier(SLOPE), window, scales, upsampling);
    }

    /** One number for a pair of pixels (i, j), (k, l). */
    private interface Pairs {
        double at(int i, int j, int k, int l);
    }

    /** The formulas of the specification as they read, in functions that call each other. */
    private record Direct(int window, Upsampling upsampling) {
        Pairs windows(Pairs pairs, int side) {
            int half = window / 2;
            return stored(
                    (i, j, k, l) -> {
                        double sum = 0;
                        for (int m = -half; m <= half; m++) {
                            for (int n = -half; n <= half; n++) {
                                sum += pairs.at(
                                        wrap(i + m, side), wrap(j + n, side), wrap(k + m, side), wrap(l + n, side));
                            }
                        }
                        return sum;
                    },
                    side);
        }

        Pairs up(Pairs pairs, int side) {
            if (upsampling == Upsampling.NEAREST) {
                return (i, j, k, l) -> pairs.at(i / 2, j / 2, k / 2, l / 2);
            }
            return stored(
                    (i, j, k, l) -> {
                        double sum = 0;
                        for (int c = 0; c < 16; c++) {
                            double weight = 1;
                            int[] place = {i, j, k, l};
                            for (int axis = 0; axis < 4; axis++) {
                                boolean far = (c >> axis & 1) == 1;
                                weight *= far ? 0.25 : 0.75;
                                int step = place[axis] % 2 == 0 ? -1 : 1;
                                place[axis] = wrap(place[axis] / 2 + (far ? step : 0), side);
                            }
                            sum += weight * pairs.at(place[0], place[1], place[2], place[3]);
                        }
                        return sum;
                    },
                    2 * side);
        }

        /** psi(u) N / q^2, or psi'(u) K / q^2. */
        Pairs activated(Pairs windows, Pairs tangent, boolean derivative, int side) {
            DualActivation activation = DualActivation.leakyRelu(SLOPE);
            return stored(
                    (i, j, k, l) -> {
                        double scale = Math.sqrt(windows.at(i, j, i, j) * windows.at(k, l, k, l));
                        double u = Math.min(1, windows.at(i, j, k, l) / scale);
                        return (derivative ? activation.slope(u) * tangent.at(i, j, k, l) : activation.value(u) * scale)
                                / (window * window);
                    },
                    side);
        }

        private static int wrap(int place, int side) {
            return Math.floorMod(place, side);
        }

        private static Pairs stored(Pairs pairs, int side) {
            double[][][][] values = new double[side][side][side][side];
            for (int i = 0; i < side; i++) {
                for (int j = 0; j < side; j++) {
                    for (int k = 0; k < side; k++) {
                        for (int l = 0; l < side; l++) {
                            values[i][j][k][l] = pairs.at(i, j, k, l);
                        }
                    }
                }
            }
            return (i, j, k, l) -> values[i][j][k][l];
        }
    }

    @ParameterizedTest
    @EnumSource
    void theKernelFollowsTheFormulas(Upsampling upsampling) {
        for (int window : new int[] {1, 3, 5}) {
            Direct direct = new Direct(window, upsampling);
            int side = 8;
            Pairs noise = (i, j, k, l) -> i == k && j == l ? 1 / 300.0 : 1 / 400.0;
            Pairs b = direct.windows(noise, side);
            Pairs s = direct.activated(b, b, false, side);
            Pairs t = direct.activated(b, b, true, side);
            for (int down = 0; down < 2; down++) {
                Pairs larger = s;
                Pairs largerTangent = t;
                side /= 2;
                Pairs fewer = (i, j, k, l) -> larger.at(2 * i, 2 * j, 2 * k, 2 * l);
                Pairs sum = (i, j, k, l) -> fewer.at(i, j, k, l) + largerTangent.at(2 * i, 2 * j, 2 * k, 2 * l);
                Pairs windows = direct.windows(fewer, side);
                Pairs kernel = direct.windows(sum, side);
                s = direct.activated(windows, kernel, false, side);
                t = direct.activated(windows, kernel, true, side);
            }
            for (int up = 0; up < 2; up++) {
                Pairs more = direct.up(s, side);
                Pairs moreTangent = direct.up(t, side);
                side *= 2;
                Pairs sum = (i, j, k, l) -> more.at(i, j, k, l) + moreTangent.at(i, j, k, l);
                Pairs windows = direct.windows(more, side);
                Pairs kernel = direct.windows(sum, side);
                s = up == 1 ? kernel : direct.activated(windows, kernel, false, side);
                t = up == 1 ? kernel : direct.activated(windows, kernel, true, side);
            }
            DoubleMatrix expected = DoubleMatrix.zeros(64, 64);
            for (int p = 0; p < 64; p++) {
                for (int q = 0; q < 64; q++) {
                    expected.set(p, q, s.at(p / 8, p % 8, q / 8, q % 8));
                }
            }
            DoubleMatrix kernel = network(window, 2, upsampling).kernel(8, SERIAL);
            assertClose(kernel, expected, 1e-12 * Close.largest(expected.values()), window + " " + upsampling);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theKernelIsSymmetricPositiveAndTheSameAfterShifts(Upsampling upsampling) {
        DoubleMatrix kernel = network(3, 2, upsampling).kernel(16, SERIAL);
        SymmetricEigen eigen = SymmetricEigen.of(kernel);
        assertThat(kernel.transpose()).isEqualTo(kernel);
        assertThat(eigen.value(eigen.size() - 1)).isGreaterThan(-1e-13 * eigen.value(0));
        for (int p = 0; p < 256; p += 7) {
            for (int q = 0; q < 256; q += 5) {
                assertThat(kernel.get(shifted(p), shifted(q)))
                        .isCloseTo(kernel.get(p, q), org.assertj.core.api.Assertions.within(1e-13 * kernel.get(p, p)));
            }
        }
    }

    /** By four pixels down and eight across. */
    private static int shifted(int pixel) {
        return (pixel / 16 + 4) % 16 * 16 + (pixel % 16 + 8) % 16;
    }

    @Test
    void expandingIsExactWhereTheSmallerImageReaches() {
        PixelNetwork network = network(3, 1, Upsampling.BILINEAR);
        DoubleMatrix small = network.kernel(16, SERIAL);
        assertClose(network.expand(small, 16, 16), small, 1e-15, "the same size");
        DoubleMatrix large = network.kernel(32, SERIAL);
        DoubleMatrix expanded = network.expand(small, 16, 32);
        // With one scale windows reach 3 + 2 (3 + 2) / ... below 8 pixels: beyond, covariances are those of unrelated
        // noise.
        assertClose(expanded, large, 1e-12 * Close.largest(large.values()), "twice the size");
    }

    @Test
    void constantImagesStayConstant() {
        PixelNetwork network = network(3, 2, Upsampling.BILINEAR);
        DoubleMatrix image = DoubleMatrix.zeros(1, 256);
        for (int p = 0; p < 256; p++) {
            image.set(0, p, p % 3 == 0 ? Double.NaN : 0.7);
        }
        DoubleMatrix completed = new KernelCompletion(network.kernel(16, SERIAL)).complete(image, 1e-8, SERIAL);
        for (double value : completed.values()) {
            assertThat(value).isCloseTo(0.7, org.assertj.core.api.Assertions.within(0.01));
        }
    }

    @Test
    void sizesThatDoNotFitAreNamed() {
        PixelNetwork network = PixelNetwork.ofScales(2);
        assertThatThrownBy(() -> network.kernel(10, SERIAL)).hasMessageContaining("multiple of 4 above it, got 10");
        assertThatThrownBy(() -> network.kernel(4, SERIAL)).hasMessageContaining("multiple of 4 above it, got 4");
        assertThatThrownBy(() -> network.kernel(128, SERIAL))
                .hasMessageContaining("expand the kernel of a smaller image");
        assertThatThrownBy(() -> network(2, 11, Upsampling.NEAREST))
                .hasMessage(
                        "Invalid network: window must be an odd number between 1 and 15, got 2; scales must be between 1 "
                                + "and 10, got 11");
        assertThatThrownBy(() -> network.expand(DoubleMatrix.zeros(4, 4), 8, 16))
                .hasMessageContaining("got 4 x 4");
        assertThatThrownBy(() -> network.expand(DoubleMatrix.zeros(64, 64), 8, 18))
                .hasMessageContaining("multiples of 4");
    }
}
