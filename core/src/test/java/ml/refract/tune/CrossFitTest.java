package ml.refract.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import ml.refract.engine.Execution;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.rfm.RfmOptions;
import ml.refract.task.HoldOut;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;

class CrossFitTest {
    private static final Execution EXECUTION = TestEngines.serial(TestEngines.SCALAR);
    private static final RfmOptions OPTIONS =
            RfmOptions.defaults().toBuilder().iterations(1).build();

    /** A class that only rows held out are of is not solved for; its outputs are zero, and it counts as before. */
    @Test
    void targetsThatAreAllZeroChangeNothing() {
        TestData data = TestData.seeded(3);
        Design x = Design.of(data.matrix(30, 2));
        DoubleMatrix two = DoubleMatrix.zeros(30, 2);
        DoubleMatrix three = DoubleMatrix.zeros(30, 3);
        for (int i = 0; i < 30; i++) {
            int label = i < 28 ? data.below(2) : 2;
            three.set(i, label == 0 ? 0 : label == 1 ? 2 : 1, 1);
            if (label < 2) {
                two.set(i, label, 1);
            }
        }
        HoldOut.Parts fold = new HoldOut.Parts(range(0, 25), range(25, 30));
        CrossFit without = new CrossFit(x, two, OPTIONS, EXECUTION);
        CrossFit with = new CrossFit(x, three, OPTIONS, EXECUTION);
        without.add(fold, 1);
        with.add(fold, 1);
        List<DoubleMatrix> rounds = with.rounds();
        assertThat(rounds).hasSize(2);
        for (int t = 0; t < 2; t++) {
            DoubleMatrix outputs = rounds.get(t);
            assertThat(outputs.cols()).isEqualTo(3);
            assertThat(outputs.col(0)).containsExactly(without.rounds().get(t).col(0));
            assertThat(outputs.col(2)).containsExactly(without.rounds().get(t).col(1));
            assertThat(outputs.col(1)).containsOnly(0);
            assertThat(with.optimism(t))
                    .as("two of five rows held out are of the third class")
                    .isGreaterThan(without.optimism(t));
        }
    }

    /** A model that ignores a group and a column, beside one of rows that have neither. */
    @Test
    void ignoredGroupsAreAsGoodAsAbsent() {
        TestData data = TestData.seeded(4);
        DoubleMatrix dense = data.matrix(40, 3);
        DoubleMatrix y = data.matrix(40, 1);
        Design.Group seen = data.codes(40, 4);
        Design.Group ignored = data.codes(40, 5);
        DoubleMatrix two = DoubleMatrix.zeros(40, 2);
        for (int i = 0; i < 40; i++) {
            two.set(i, 0, dense.get(i, 0));
            two.set(i, 1, dense.get(i, 2));
        }
        RfmOptions ignoring =
                OPTIONS.toBuilder().iterations(2).ignored(List.of(1, 3)).build();
        CrossFit all = new CrossFit(Design.of(dense, List.of(ignored, seen)), y, ignoring, EXECUTION);
        CrossFit some = new CrossFit(
                Design.of(two, List.of(seen)),
                y,
                OPTIONS.toBuilder().iterations(2).build(),
                EXECUTION);
        HoldOut.Parts fold = new HoldOut.Parts(range(0, 30), range(30, 40));
        all.add(fold, 2);
        some.add(fold, 2);
        for (int t = 0; t <= 2; t++) {
            double[] found = all.rounds().get(t).values();
            assertThat(found).containsExactly(some.rounds().get(t).values(), within(1e-9));
        }
    }

    private static int[] range(int from, int to) {
        return java.util.stream.IntStream.range(from, to).toArray();
    }
}
