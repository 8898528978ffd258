package ml.refract.rfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import ml.refract.kernel.Kernel;
import ml.refract.solver.KernelStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RfmOptionsTest {
    private static Arguments bad(UnaryOperator<RfmOptions.Builder> change, String fault) {
        return Arguments.of(change, fault);
    }

    static Stream<Arguments> optionsOutOfRange() {
        return Stream.of(
                bad(b -> b.ridge(-1), "ridge must be between 0 and 1e9, got -1.0"),
                bad(b -> b.ridge(Double.NaN), "ridge must be between 0 and 1e9, got NaN"),
                bad(b -> b.ridge(2e9), "ridge must be between 0 and 1e9, got 2.0E9"),
                bad(b -> b.ridgeRows(1), "ridgeRows must be at least 2, got 1"),
                bad(b -> b.iterations(-1), "iterations must be between 0 and 1000, got -1"),
                bad(b -> b.iterations(1_001), "iterations must be between 0 and 1000, got 1001"),
                bad(b -> b.earlyStopMultiplier(0.9), "earlyStopMultiplier must be at least 1, got 0.9"),
                bad(b -> b.earlyStopMultiplier(Double.NaN), "earlyStopMultiplier must be at least 1, got NaN"),
                bad(b -> b.metricTolerance(-0.1), "metricTolerance must be at least 0 and below 1, got -0.1"),
                bad(b -> b.metricTolerance(1), "metricTolerance must be at least 0 and below 1, got 1.0"),
                bad(b -> b.momentRows(0), "momentRows must be at least 1, got 0"),
                bad(b -> b.weightFloor(1), "weightFloor must be at least 0 and below 1, got 1.0"),
                bad(
                        b -> b.moment(MomentKind.FACT).kernel(Kernel.lpq(1, 1.5, 1)),
                        "moment fact needs a kernel of Euclidean distance (l2), got lpq " + "with norm 1.5"),
                bad(
                        b -> b.moment(MomentKind.FACT_GEOMETRIC).centredGradients(true),
                        "centredGradients is for the moment agop, got fact-geometric"),
                bad(
                        b -> b.ridge(-1).iterations(-2).momentRows(-3),
                        "ridge must be between 0 and 1e9, got -1.0; iterations must be between 0 and 1000, got -2; "
                                + "momentRows must be at least 1, got -3"));
    }

    @ParameterizedTest
    @MethodSource
    void optionsOutOfRange(UnaryOperator<RfmOptions.Builder> change, String fault) {
        RfmOptions.Builder builder = change.apply(RfmOptions.defaults().toBuilder());
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid options: " + fault);
    }

    @Test
    void theBuilderSetsWhatItSays() {
        Kernel kernel = Kernel.product(2, 1);
        assertThat(RfmOptions.reference().toBuilder()
                        .kernel(kernel)
                        .adaptiveBandwidth(true)
                        .ridge(0.5)
                        .iterations(7)
                        .metric(MetricForm.DIAGONAL)
                        .earlyStopMultiplier(1.5)
                        .metricTolerance(0.25)
                        .momentRows(11)
                        .centredGradients(true)
                        .weightFloor(0.125)
                        .ridgeRule(RidgeRule.LEAVE_ONE_OUT)
                        .ridgeRows(77)
                        .learningRows(LearningRows.SAMPLE)
                        .storage(KernelStorage.RECOMPUTED)
                        .ignored(List.of(3, 5))
                        .seed(13)
                        .build())
                .isEqualTo(new RfmOptions(
                        kernel,
                        true,
                        Loss.SQUARED,
                        0.5,
                        RidgeRule.LEAVE_ONE_OUT,
                        77,
                        7,
                        LearningRows.SAMPLE,
                        MetricForm.DIAGONAL,
                        MomentKind.AGOP,
                        1.5,
                        0.25,
                        11,
                        true,
                        0.125,
                        KernelStorage.RECOMPUTED,
                        List.of(3, 5),
                        13));
    }

    @Test
    void momentsAreKnownByTheirNames() {
        for (MomentKind kind : MomentKind.values()) {
            assertThat(MomentKind.of(kind.id())).isEqualTo(kind);
            assertThat(RfmOptions.defaults().toBuilder().moment(kind).build().moment())
                    .isEqualTo(kind);
        }
        assertThatThrownBy(() -> MomentKind.of("nfa"))
                .hasMessage("There is no moment 'nfa'; there are agop, fact and fact-geometric");
    }

    @Test
    void theReferenceSettingsAreThoseOfTheReference() {
        assertThat(RfmOptions.reference())
                .isEqualTo(new RfmOptions(
                        Kernel.laplace(10, 1),
                        false,
                        Loss.SQUARED,
                        1e-3,
                        RidgeRule.GIVEN,
                        1_000,
                        5,
                        LearningRows.ALL,
                        MetricForm.FULL,
                        MomentKind.AGOP,
                        Double.POSITIVE_INFINITY,
                        0,
                        20_000,
                        false,
                        0,
                        KernelStorage.KEPT,
                        List.of(),
                        0));
        assertThat(RfmOptions.defaults().toBuilder()
                        .ridgeRule(RidgeRule.GIVEN)
                        .metricTolerance(0)
                        .weightFloor(0)
                        .metric(MetricForm.FULL)
                        .build())
                .as("defaults choose the ridge and add guards")
                .isEqualTo(RfmOptions.reference());
    }

    @Test
    void lossesAreKnownByTheirNames() {
        for (Loss loss : Loss.values()) {
            assertThat(Loss.of(loss.id())).isEqualTo(loss);
            assertThat(RfmOptions.defaults().toBuilder().loss(loss).build().loss())
                    .isEqualTo(loss);
        }
        assertThatThrownBy(() -> Loss.of("hinge"))
                .hasMessage("There is no loss 'hinge'; there are squared and logistic");
        assertThatThrownBy(() -> RfmOptions.reference().toBuilder()
                        .loss(Loss.LOGISTIC)
                        .ridge(0)
                        .build())
                .hasMessage("Invalid options: ridge must be above 0 for the loss logistic, got 0.0");
    }
}
