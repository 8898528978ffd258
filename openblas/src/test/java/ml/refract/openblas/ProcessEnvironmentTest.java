package ml.refract.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessEnvironmentTest {
    private static final Map<String, String> ONE_MORE = Map.of("REFRACT_TEST", "a = b");

    @BeforeEach
    void loadJavaCpp() {
        OpenBlas.load();
        assumeThat(Loader.addressof("environ")).isNotNull();
    }

    private static PointerPointer<Pointer> environ() {
        return new PointerPointer<>(Loader.addressof("environ"));
    }

    private static List<String> variables() {
        List<String> result = new ArrayList<>();
        PointerPointer<Pointer> list = new PointerPointer<>(environ().get());
        for (int i = 0; list.get(i) != null; i++) {
            result.add(new BytePointer(list.get(i)).getString());
        }
        return result;
    }

    @Test
    void variablesAreThereWhileTheActionRuns() {
        List<String> before = variables();
        assertThat(before).as("as Java sees them").hasSameSizeAs(System.getenv().keySet());
        ProcessEnvironment.with(
                ONE_MORE,
                () -> assertThat(variables())
                        .startsWith(before.toArray(String[]::new))
                        .endsWith("REFRACT_TEST=a = b")
                        .hasSize(before.size() + 1));
        assertThat(variables()).isEqualTo(before);
    }

    @Test
    void theyAreGoneAfterAFailureToo() {
        List<String> before = variables();
        UnsatisfiedLinkError failure = new UnsatisfiedLinkError();
        assertThatThrownBy(() -> ProcessEnvironment.with(ONE_MORE, () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(variables()).isEqualTo(before);
    }

    @Test
    void aListThatSomebodyElsePutThereStays() {
        Pointer before = environ().get();
        Pointer others = Pointer.calloc(1, Loader.sizeof(Pointer.class));
        try {
            ProcessEnvironment.with(ONE_MORE, () -> environ().put(0, others));
            assertThat(environ().get()).isEqualTo(others);
        } finally {
            environ().put(0, before);
        }
    }
}
