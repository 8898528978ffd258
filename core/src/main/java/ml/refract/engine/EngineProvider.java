package ml.refract.engine;

import java.util.Optional;

/** Offers an engine; found by {@link java.util.ServiceLoader} beside the ones built in. */
public interface EngineProvider {
    /** Name by which the property {@code refract.engine} asks for it. */
    String name();

    /** Engines are tried from the highest rank down; the vector engine has 100, the scalar one 0. */
    int rank();

    /** Why this engine cannot run here, in one sentence; empty when it can. */
    Optional<String> unusableBecause();

    /** The engine; called only when usable. */
    Engine<?> create();
}
