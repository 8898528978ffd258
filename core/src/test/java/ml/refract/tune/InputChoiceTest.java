package ml.refract.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.task.TaskOptions;
import org.junit.jupiter.api.Test;

class InputChoiceTest {
    private static final int ROWS = 300;

    /** Numbers of heavy tails, standardised, and their logarithms; the target is a wave along the logarithms. */
    private static final class Data {
        private final float[] heavy = new float[ROWS * 2];
        private final float[] even = new float[ROWS * 2];
        private final double[] y = new double[ROWS];

        Data(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < ROWS; i++) {
                for (int s = 0; s < 2; s++) {
                    double z = random.nextGaussian();
                    even[2 * i + s] = (float) z;
                    heavy[2 * i + s] = (float) (Math.exp(2 * z) / 50);
                }
                y[i] = Math.sin(2 * even[2 * i]) + 0.1 * random.nextGaussian();
            }
        }

        Design heavyRows(int[] rows) {
            return Design.of(Matrix.of(ROWS, 2, heavy)).select(rows);
        }

        Design evenRows(int[] rows) {
            return Design.of(Matrix.of(ROWS, 2, even)).select(rows);
        }
    }

    @Test
    void takesTheEncodingThatPredictsBetter() {
        Data data = new Data(1);
        int[] rows = InputChoice.sample(ROWS, 0);
        try (Execution execution = Execution.defaults()) {
            InputChoice better = InputChoice.regression(
                    List.of(data.heavyRows(rows), data.evenRows(rows)),
                    rows,
                    DoubleMatrix.column(data.y),
                    Division.atRandom(),
                    TaskOptions.defaults(),
                    execution);
            assertThat(better.index()).isEqualTo(1);
            assertThat(better.gain()).isBetween(0.3, 1.0);
            InputChoice stays = InputChoice.regression(
                    List.of(data.evenRows(rows), data.heavyRows(rows), data.evenRows(rows)),
                    rows,
                    DoubleMatrix.column(data.y),
                    Division.atRandom(),
                    TaskOptions.defaults(),
                    execution);
            assertThat(stays).isEqualTo(new InputChoice(0, 0, true));
        }
    }

    @Test
    void choosesForClassesToo() {
        Data data = new Data(2);
        int[] labels = Arrays.stream(data.y).mapToInt(y -> y > 0 ? 1 : 0).toArray();
        int[] rows = InputChoice.sample(ROWS, 3);
        try (Execution one = Execution.singleThreaded();
                Execution two = Execution.builder().threads(2).build()) {
            InputChoice choice = choose(data, labels, rows, one);
            assertThat(choice.index()).isEqualTo(1);
            assertThat(choose(data, labels, rows, two)).as("any number of threads").isEqualTo(choice);
        }
    }

    private static InputChoice choose(Data data, int[] labels, int[] rows, Execution execution) {
        return InputChoice.classification(
                List.of(data.heavyRows(rows), data.evenRows(rows)),
                rows,
                labels,
                2,
                Division.atRandom(),
                TaskOptions.defaults(),
                execution);
    }

    @Test
    void withoutTimeTheFirstStays() {
        Data data = new Data(3);
        int[] rows = InputChoice.sample(ROWS, 0);
        try (Execution late = Execution.builder().timeLimitSeconds(1e-9).build()) {
            InputChoice choice = InputChoice.regression(
                    List.of(data.heavyRows(rows), data.evenRows(rows)),
                    rows,
                    DoubleMatrix.column(data.y),
                    Division.atRandom(),
                    TaskOptions.defaults(),
                    late);
            assertThat(choice).isEqualTo(new InputChoice(0, 0, false));
        }
    }
}
