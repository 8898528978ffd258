package ml.refract.testing;

import java.util.stream.Stream;
import ml.refract.engine.Engine;
import ml.refract.engine.Execution;
import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.engine.vector.VectorEngine;
import org.junit.jupiter.api.Named;

/** The engines every test of numbers runs on. */
public final class TestEngines {
    /** The float64 engine. */
    public static final ScalarEngine SCALAR = new ScalarEngine();

    /** The float32 engine. */
    public static final VectorEngine VECTOR = new VectorEngine();

    private TestEngines() {}

    /** Both engines, for parameterised tests. */
    public static Stream<Named<Engine<?>>> both() {
        return Stream.of(Named.of("scalar", SCALAR), Named.of("vector", VECTOR));
    }

    /** The engine on the calling thread. */
    public static Execution serial(Engine<?> engine) {
        return threads(engine, 1);
    }

    /** The engine on some threads. */
    public static Execution threads(Engine<?> engine, int threads) {
        return Execution.builder().engine(engine).threads(threads).build();
    }
}
