package ml.refract.cli;

import java.util.Optional;
import ml.refract.engine.Engine;
import ml.refract.engine.EngineProvider;

/** An engine of another jar that cannot run. */
public final class BrokenEngineProvider implements EngineProvider {
    @Override
    public String name() {
        return "broken";
    }

    @Override
    public int rank() {
        return -1;
    }

    @Override
    public Optional<String> unusableBecause() {
        return Optional.of("it is meant to fail");
    }

    @Override
    public Engine<?> create() {
        throw new IllegalStateException("asked for an engine that cannot run");
    }
}
