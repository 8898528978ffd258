package ml.refract.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldsTest {
    private static void requirePartition(List<HoldOut.Parts> folds, int n) {
        int[] times = new int[n];
        for (HoldOut.Parts fold : folds) {
            assertThat(IntStream.concat(Arrays.stream(fold.train()), Arrays.stream(fold.heldOut()))
                            .sorted()
                            .toArray())
                    .isEqualTo(IntStream.range(0, n).toArray());
            for (int row : fold.heldOut()) {
                times[row]++;
            }
        }
        assertThat(times).containsOnly(1);
    }

    @Test
    void randomFoldsHoldEveryRowOutOnceAndDependOnTheSeed() {
        List<HoldOut.Parts> folds = Folds.random(23, 5, 1);
        requirePartition(folds, 23);
        assertThat(folds).allSatisfy(fold -> assertThat(fold.heldOut().length).isBetween(4, 5));
        assertThat(Folds.random(23, 5, 1).get(0).heldOut())
                .isEqualTo(folds.get(0).heldOut());
        assertThat(Folds.random(23, 5, 2).get(0).heldOut())
                .isNotEqualTo(folds.get(0).heldOut());
    }

    @Test
    void stratifiedFoldsShareOutEveryClass() {
        int[] labels = IntStream.range(0, 101)
                .map(i -> i % 10 == 0 ? 2 : i % 3 == 0 ? 1 : 0)
                .toArray();
        List<HoldOut.Parts> folds = Folds.stratified(labels, 4, 3);
        requirePartition(folds, labels.length);
        for (int k = 0; k < 3; k++) {
            int wanted = k;
            long all = Arrays.stream(labels).filter(label -> label == wanted).count();
            assertThat(folds)
                    .allSatisfy(fold -> assertThat(Arrays.stream(fold.heldOut())
                                    .filter(row -> labels[row] == wanted)
                                    .count())
                            .isBetween(all / 4, all / 4 + 1));
        }
        assertThat(folds).allSatisfy(fold -> assertThat(fold.heldOut().length).isBetween(25, 26));
    }

    @Test
    void groupsStayTogetherAndFoldsAreEven() {
        int[] groups =
                IntStream.range(0, 200).map(i -> i < 60 ? 7 : 100 + i / 5).toArray();
        List<HoldOut.Parts> folds = Folds.grouped(groups, 3, 0);
        requirePartition(folds, groups.length);
        for (HoldOut.Parts fold : folds) {
            int[] held = Arrays.stream(fold.heldOut())
                    .map(row -> groups[row])
                    .distinct()
                    .toArray();
            assertThat(Arrays.stream(fold.train())
                            .map(row -> groups[row])
                            .boxed()
                            .toList())
                    .doesNotContainAnyElementsOf(Arrays.stream(held).boxed().toList());
            assertThat(fold.heldOut().length).isBetween(60, 75);
        }
    }

    @Test
    void timeOrderLearnsFromThePastOnly() {
        double[] times =
                IntStream.range(0, 100).mapToDouble(i -> (i * 37) % 100).toArray();
        List<HoldOut.Parts> folds = Folds.inOrder(times, 4);
        assertThat(folds).hasSize(4);
        double before = 0;
        for (HoldOut.Parts fold : folds) {
            double last = Arrays.stream(fold.train())
                    .mapToDouble(row -> times[row])
                    .max()
                    .orElseThrow();
            double first = Arrays.stream(fold.heldOut())
                    .mapToDouble(row -> times[row])
                    .min()
                    .orElseThrow();
            assertThat(last).isLessThan(first).isGreaterThan(before);
            assertThat(fold.heldOut()).hasSize(20);
            before = last;
        }
    }

    @Test
    void rowsOfOneTimeAreNeverParted() {
        double[] times = {1, 1, 1, 1, 1, 1, 2, 3, 3, 4};
        List<HoldOut.Parts> folds = Folds.inOrder(times, 3);
        assertThat(folds.get(0).train()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(folds.get(0).heldOut()).containsExactly(6);
        assertThat(folds.get(1).heldOut()).containsExactly(7, 8);
        assertThat(folds.get(2).heldOut()).containsExactly(9);
    }

    @Test
    void impossibleFoldsAreRefused() {
        assertThatThrownBy(() -> Folds.random(4, 5, 0))
                .hasMessage("There must be at least 2 folds and no more than 4 rows, got 5");
        assertThatThrownBy(() -> Folds.grouped(new int[] {1, 1, 2}, 3, 0))
                .hasMessage("There must be at least 2 folds and no more than 2 groups, got 3");
        assertThatThrownBy(() -> Folds.inOrder(new double[] {1, 1, 2}, 2))
                .hasMessageContaining("3 different times")
                .hasMessageContaining("there are 2");
    }
}
