package ml.refract.rfm;

import static ml.refract.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.kernel.Kernel;
import ml.refract.linalg.BlockSymmetric;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.rfm.exact.ExactKernel;
import ml.refract.rfm.exact.ExactOptions;
import ml.refract.rfm.exact.ExactRfm;
import ml.refract.rfm.exact.FeatureRule;
import ml.refract.rfm.exact.MetricScale;
import ml.refract.testing.TestData;
import ml.refract.testing.TestEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Features learned by FACT in the loop that serves large data. */
class FactRfmTest {
    private static final Execution SCALAR = TestEngines.serial(TestEngines.SCALAR);

    private static RfmOptions options(MomentKind moment, int iterations) {
        return RfmOptions.reference().toBuilder()
                .kernel(Kernel.laplace(4, 1))
                .moment(moment)
                .iterations(iterations)
                .build();
    }

    /** Two programs for one algorithm: tiles in transformed coordinates, and dense matrices in raw ones. */
    @ParameterizedTest
    @EnumSource(
            value = MomentKind.class,
            names = {"FACT", "FACT_GEOMETRIC"})
    void theMetricIsThatOfTheExactMachine(MomentKind moment) {
        TestData data = TestData.seeded(1);
        DoubleMatrix x = data.matrix(90, 6);
        DoubleMatrix y = DoubleMatrix.zeros(90, 2);
        for (int i = 0; i < 90; i++) {
            y.set(i, 0, x.get(i, 0) * x.get(i, 1));
            y.set(i, 1, x.get(i, 2));
        }
        RfmFit fit = Rfm.fit(Design.of(x), y, Optional.empty(), options(moment, 3), SCALAR);
        ExactOptions exact = ExactOptions.of(
                        ExactKernel.laplace(4), FeatureRule.fact(moment.fact().orElseThrow()))
                .withScale(MetricScale.LARGEST_ENTRY)
                .withRidge(1e-3)
                .withRounds(3);
        DoubleMatrix expected =
                ExactRfm.fit(x, y, exact, round -> {}, SCALAR).machine().metric();
        assertClose(fit.machine().metric().matrix().orElseThrow().toDense(), expected, 1e-6, moment.id());
    }

    /** x0 x1 of +-1 inputs: AGOP and FACT must both come to see two coordinates of twelve. */
    @ParameterizedTest
    @MethodSource("ml.refract.testing.TestEngines#both")
    void parityIsLearned(Engine<?> engine) {
        TestData data = TestData.seeded(2);
        float[] values = new float[300 * 12];
        for (int k = 0; k < values.length; k++) {
            values[k] = 2 * data.below(2) - 1;
        }
        Matrix x = Matrix.of(300, 12, values);
        DoubleMatrix y = DoubleMatrix.zeros(300, 1);
        for (int i = 0; i < 300; i++) {
            y.set(i, 0, x.get(i, 0) * x.get(i, 1));
        }
        for (MetricForm form : new MetricForm[] {MetricForm.FULL, MetricForm.DIAGONAL}) {
            RfmOptions options = options(MomentKind.FACT, 4).toBuilder()
                    .kernel(Kernel.laplace(5, 2))
                    .metric(form)
                    .build();
            RfmFit fit = Rfm.fit(Design.of(x), y, Optional.empty(), options, TestEngines.serial(engine));
            double[] weights = fit.machine()
                    .metric()
                    .matrix()
                    .map(BlockSymmetric::diagonal)
                    .orElseThrow();
            assertThat(weights[0] + weights[1])
                    .as("%s %s", form, Arrays.toString(weights))
                    .isGreaterThan(0.99 * Arrays.stream(weights).sum());
        }
    }

    /** A coded group has a block of its own, so only its columns beside dense ones differ from plain columns. */
    @Test
    void codedGroupsAloneAreFittedLikeTheirColumns() {
        TestData data = TestData.seeded(3);
        Design codes = data.design(DoubleMatrix.zeros(80, 0), 7);
        DoubleMatrix y = DoubleMatrix.zeros(80, 1);
        for (int i = 0; i < 80; i++) {
            y.set(i, 0, codes.groups().get(0).codes()[i] % 3 + 0.1 * data.gaussian());
        }
        RfmFit coded = Rfm.fit(codes, y, Optional.empty(), options(MomentKind.FACT, 2), SCALAR);
        RfmFit plain = Rfm.fit(TestData.oneHot(codes), y, Optional.empty(), options(MomentKind.FACT, 2), SCALAR);
        assertClose(
                coded.machine().metric().matrix().orElseThrow().toDense(),
                plain.machine().metric().matrix().orElseThrow().toDense(),
                1e-6,
                "metric");
    }

    @Test
    void targetsOfZeroLeaveNothingToLearn() {
        RfmFit fit = Rfm.fit(
                Design.of(TestData.seeded(4).floats(20, 3)),
                DoubleMatrix.zeros(20, 1),
                Optional.empty(),
                options(MomentKind.FACT, 3),
                SCALAR);
        assertThat(fit.stop()).isEqualTo(RfmFit.Stop.NO_GRADIENT);
    }
}
