package ml.refract.lab.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import ml.refract.lab.algebra.PairTask.Operation;
import ml.refract.linalg.DoubleMatrix;
import org.junit.jupiter.api.Test;

class PairTaskTest {
    private static final int P = 7;

    @Test
    void labelsAreTheResultsOfTheOperation() {
        for (Operation operation : Operation.values()) {
            PairTask task = PairTask.modulo(P, operation);
            assertThat(task.pairs()).hasSize(operation == Operation.DIVIDE ? P * (P - 1) : P * P);
            for (PairTask.Pair pair : task.pairs()) {
                int a = pair.first();
                int b = pair.second();
                int c = pair.label();
                switch (operation) {
                    case ADD -> assertThat(c).isEqualTo((a + b) % P);
                    case SUBTRACT -> assertThat((c + b) % P).isEqualTo(a);
                    case MULTIPLY -> assertThat(c).isEqualTo(a * b % P);
                    case DIVIDE -> assertThat(c * b % P).isEqualTo(a);
                }
            }
        }
    }

    @Test
    void inputsAndTargetsAreUnitVectors() {
        PairTask task = PairTask.modulo(3, Operation.ADD);
        int row = 1 * 3 + 2;
        assertThat(task.inputs(new int[] {row}).values()).containsExactly(0, 1, 0, 0, 0, 1);
        assertThat(task.targets(new int[] {row}).values()).containsExactly(1, 0, 0);
    }

    @Test
    void aSplitHasEveryPairOnce() {
        PairTask task = PairTask.modulo(P, Operation.ADD);
        PairTask.Split split = task.split(0.5, new SplittableRandom(1));
        assertThat(split.train()).hasSize(24);
        assertThat(IntStream.concat(IntStream.of(split.train()), IntStream.of(split.test()))
                        .sorted()
                        .toArray())
                .containsExactly(IntStream.range(0, P * P).toArray());
    }

    @Test
    void accuracyIsTheShareOfLargestOutputsAtTheLabel() {
        PairTask task = PairTask.modulo(2, Operation.ADD);
        DoubleMatrix outputs = DoubleMatrix.fromRows(new double[][] {{1, 0}, {1, 0}, {0, 1}, {0.5, 0.5}});
        assertThat(task.correct(outputs, new int[] {0, 1, 2, 3})).containsExactly(true, false, true, true);
        assertThat(task.accuracy(outputs, new int[] {0, 1, 2, 3})).isEqualTo(0.75);
    }

    /** Symmetries leave sums, form a group with 2v elements, and every pair is fixed by one reflection when the order is odd. */
    @Test
    void symmetriesOfAddition() {
        AbelianGroup group = AbelianGroup.product(3, 5);
        PairTask task = PairTask.addition(group);
        int[] fixedBy = new int[task.pairs().size()];
        assertThat(Symmetry.all(group)).hasSize(30).startsWith(new Symmetry(group, false, 0));
        for (Symmetry symmetry : Symmetry.all(group)) {
            for (int row = 0; row < fixedBy.length; row++) {
                assertThat(task.pairs().get(symmetry.image(row)).label())
                        .isEqualTo(task.pairs().get(row).label());
            }
            assertThat(IntStream.range(0, fixedBy.length)
                            .map(symmetry::image)
                            .distinct()
                            .count())
                    .isEqualTo(fixedBy.length);
            for (int row : symmetry.fixedRows()) {
                fixedBy[row] += symmetry.reflection() ? 1 : 0;
                if (symmetry.reflection()) {
                    PairTask.Pair pair = task.pairs().get(row);
                    assertThat(pair.second()).isEqualTo(group.sum(pair.first(), symmetry.k()));
                }
            }
        }
        assertThat(fixedBy).containsOnly(1);
    }

    /** The inputs of the image of a pair are the permuted inputs of the pair. */
    @Test
    void thePermutationOfCoordinatesIsThatOfPairs() {
        AbelianGroup group = AbelianGroup.product(2, 3);
        PairTask task = PairTask.addition(group);
        for (Symmetry symmetry : Symmetry.all(group)) {
            for (int row = 0; row < task.pairs().size(); row++) {
                DoubleMatrix image =
                        symmetry.matrix().times(task.inputs(new int[] {row}).transpose());
                assertThat(image.values())
                        .containsExactly(
                                task.inputs(new int[] {symmetry.image(row)}).values());
            }
        }
    }

    @Test
    void deviationIsZeroForInvariantMetricsAlone() {
        AbelianGroup group = AbelianGroup.product(5);
        Symmetry reflection = new Symmetry(group, true, 2);
        DoubleMatrix metric = reflection.matrix();
        for (int i = 0; i < 10; i++) {
            metric.set(i, i, 3);
        }
        assertThat(Symmetry.all(group).stream()
                        .filter(symmetry -> symmetry.deviation(metric) == 0)
                        .toList())
                .containsExactly(new Symmetry(group, false, 0), reflection);
        DoubleMatrix one = DoubleMatrix.zeros(10, 10);
        one.set(0, 0, 2);
        assertThat(new Symmetry(group, false, 1).deviation(one)).isEqualTo(Math.sqrt(2));
    }
}
