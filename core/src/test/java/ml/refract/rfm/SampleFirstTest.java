package ml.refract.rfm;

import static ml.refract.testing.Close.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.refract.engine.Execution;
import ml.refract.kernel.Metric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

class SampleFirstTest {
    private static final Execution VECTOR = TestEngines.serial(TestEngines.VECTOR);
    private static final int ENOUGH = 5_800;
    private static final int TRAIN = 5_715;

    /** A product of two of ten columns, or noise. */
    private static DoubleMatrix targets(Matrix x, TestData noise, double share) {
        DoubleMatrix y = DoubleMatrix.zeros(x.rows(), 1);
        DoubleMatrix random = noise.matrix(x.rows(), 1);
        for (int i = 0; i < x.rows(); i++) {
            y.set(i, 0, (1 - share) * x.get(i, 0) * x.get(i, 1) + share * random.get(i, 0));
        }
        return y;
    }

    private static RfmFit fit(LearningRows learningRows, double noise, int rows, int iterations, Execution execution) {
        TestData data = TestData.seeded(5);
        Matrix inputs = data.floats(ENOUGH, 10);
        DoubleMatrix y = targets(inputs, data, noise);
        Design x = Design.of(inputs);
        int[] train = IntStream.range(0, rows).toArray();
        int[] held = IntStream.range(TRAIN, ENOUGH).toArray();
        RfmOptions options = RfmOptions.defaults().toBuilder()
                .iterations(iterations)
                .learningRows(learningRows)
                .build();
        Validation validation = new Validation(x.select(held), Scores.meanSquaredError(y.select(held)));
        return Rfm.fit(x.select(train), y.select(train), Optional.of(validation), options, execution);
    }

    private static double best(RfmFit fit) {
        return fit.rounds().get(fit.bestRound()).score();
    }

    /** A sample captures most of what is gained by learning (specification of xRFM, section 23). */
    @Test
    void threeSolvesOnAllRowsGainAlmostAsMuchAsSix() {
        List<Double> fractions = new ArrayList<>();
        Execution watched = Execution.builder()
                .engine(TestEngines.VECTOR)
                .threads(1)
                .progress((activity, fraction) -> fractions.add(fraction))
                .build();
        RfmFit sample = fit(LearningRows.SAMPLE, 0.03, TRAIN, 5, watched);
        RfmFit all = fit(LearningRows.ALL, 0.03, TRAIN, 5, VECTOR);
        assertThat(sample.rounds().size()).isLessThanOrEqualTo(3);
        assertThat(sample.rounds().get(0).events())
                .singleElement()
                .asString()
                .startsWith("features learned on 4000 rows lower the squared loss over others from ");
        assertThat(sample.rounds().get(0).score())
                .isLessThan(all.rounds().get(0).score() / 2);
        double gain = all.rounds().get(0).score() - best(all);
        assertThat(best(sample)).isLessThan(best(all) + 0.05 * gain);
        assertThat(fractions).isSorted();
        assertThat(fractions.get(fractions.size() - 1)).isEqualTo(1);
    }

    @Test
    void featuresThatDoNotHelpAreLeft() {
        RfmFit fit = fit(LearningRows.SAMPLE, 1, TRAIN, 5, VECTOR);
        assertThat(fit.rounds().get(0).events())
                .singleElement()
                .asString()
                .startsWith("features learned on 4000 rows were left");
    }

    /** Fewer rows than pay, or no more updates than are made on all rows anyway. */
    @Test
    void learningIsOnAllRowsWhereASampleSavesNothing() {
        RfmFit few = fit(LearningRows.SAMPLE, 0, 300, 5, VECTOR);
        assertThat(few.machine().coefficients())
                .isEqualTo(fit(LearningRows.ALL, 0, 300, 5, VECTOR).machine().coefficients());
        assertThat(few.rounds()).hasSize(6);
        RfmFit twoUpdates = fit(LearningRows.SAMPLE, 0, TRAIN, 2, VECTOR);
        assertThat(twoUpdates.rounds()).hasSize(3);
        assertThat(twoUpdates.rounds().get(0).events()).isEmpty();
    }

    /** Stopping after each update and going on from its metric is the loop, up to the solver's tolerance. */
    @Test
    void goingOnFromAMetricIsTheLoop() {
        TestData data = TestData.seeded(6);
        Matrix inputs = data.floats(200, 6);
        DoubleMatrix y = targets(inputs, data, 0);
        Design x = Design.of(inputs);
        RfmOptions one = RfmOptions.reference().toBuilder().iterations(1).build();
        RfmFit first = Rfm.fitFrom(Metric.identity(), x, y, Optional.empty(), one, VECTOR);
        RfmFit second = Rfm.fitFrom(first.machine().metric(), x, y, Optional.empty(), one, VECTOR);
        RfmFit loop =
                Rfm.fit(x, y, Optional.empty(), one.toBuilder().iterations(2).build(), VECTOR);
        assertRelativelyClose(
                second.machine().metric().matrix().orElseThrow().toDense().values(),
                loop.machine().metric().matrix().orElseThrow().toDense().values(),
                1e-5,
                "metric");
    }
}
