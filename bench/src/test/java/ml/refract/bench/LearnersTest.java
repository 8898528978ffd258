package ml.refract.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ml.refract.linalg.Design;
import ml.refract.linalg.Matrix;
import ml.refract.tune.SearchOptions;
import ml.refract.tune.Views;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** That the learners that are compared learn the same task: targets that one of two columns tells without noise. */
class LearnersTest {
    private static final int ROWS = 300;

    static Stream<Arguments> learnersAndClasses() {
        return Stream.of(
                        new RefractLearner(),
                        new RefractSearch("search", new SearchOptions(3, 1, 1), Optional.empty()),
                        new XgboostLearner(),
                        new XgboostSearch("search", 0.2, false),
                        new XgboostSearch("search", 0.2, true))
                .flatMap(learner -> IntStream.of(0, 2, 3).mapToObj(classes -> Arguments.of(learner, classes)));
    }

    @ParameterizedTest
    @MethodSource("learnersAndClasses")
    void learnsNumbersAndClasses(Learner learner, int classes) {
        try (Learner.Model model = learner.fit(rows(classes, "train"), rows(classes, "validation"), 1)) {
            LabelledRows test = rows(classes, "test");
            double[] errors = test.errors(model.predict(test));

            // a constant has an RMSE of 0.87, and is wrong on half of the rows or more
            assertThat(errors[errors.length - 1]).isLessThan(0.1);
        }
    }

    /** Targets x, or the third (half) of (-1.5, 1.5) that x lies in. */
    private static LabelledRows rows(int classes, String part) {
        SplittableRandom random = new SplittableRandom(part.hashCode());
        float[] x = new float[2 * ROWS];
        double[] targets = new double[ROWS];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextDouble(-1.5, 1.5);
        }
        Arrays.setAll(targets, i -> classes == 0 ? x[2 * i] : Math.floor((x[2 * i] + 1.5) / 3 * classes));
        return new LabelledRows(
                Design.of(Matrix.of(ROWS, 2, x)), Design.of(Matrix.of(ROWS, 2, x)), Views.all(), x, targets, classes);
    }
}
