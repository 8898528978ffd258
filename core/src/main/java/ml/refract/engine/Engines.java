package ml.refract.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import ml.refract.engine.scalar.ScalarEngine;
import ml.refract.engine.vector.VectorEngine;

/** Finds the engines that can run here and chooses one. */
public final class Engines {
    /** System property that forces an engine by name. */
    public static final String PROPERTY = "refract.engine";

    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private Engines() {}

    /**
     * An engine and why it was taken.
     *
     * @param engine the engine
     * @param reason one sentence for people
     */
    public record Choice(Engine<?> engine, String reason) {}

    /** The engine the property {@value #PROPERTY} names, or else the usable one of the highest rank. */
    public static Choice choose() {
        return choose(System.getProperty(PROPERTY, "auto"));
    }

    /**
     * The engine of the given name, or the best usable one for {@code auto}.
     *
     * @throws IllegalArgumentException when the name is unknown, or its engine cannot run here
     */
    public static Choice choose(String name) {
        List<EngineProvider> providers = providers();
        if (!name.equals("auto")) {
            return named(providers, name);
        }
        StringBuilder passedOver = new StringBuilder();
        for (EngineProvider provider : providers) {
            Optional<String> obstacle = provider.unusableBecause();
            if (obstacle.isEmpty()) {
                return new Choice(provider.create(), passedOver.isEmpty() ? "the fastest here" : passedOver.toString());
            }
            passedOver
                    .append(passedOver.isEmpty() ? "" : "; ")
                    .append(provider.name())
                    .append(" engine not used: ")
                    .append(obstacle.get());
        }
        throw new IllegalStateException("No engine can run here: " + passedOver);
    }

    /** The best engine that needs nothing but the JDK: what engines of other modules can leave work to. */
    public static Engine<?> builtIn() {
        return vectorObstacle().isEmpty() ? new VectorEngine() : new ScalarEngine();
    }

    private static Choice named(List<EngineProvider> providers, String name) {
        for (EngineProvider provider : providers) {
            if (provider.name().equals(name)) {
                provider.unusableBecause().ifPresent(obstacle -> {
                    throw new IllegalArgumentException("The engine '" + name + "' cannot run here: " + obstacle);
                });
                return new Choice(provider.create(), "asked for by name");
            }
        }
        throw new IllegalArgumentException("There is no engine '" + name + "'; there are auto, "
                + String.join(", ", providers.stream().map(EngineProvider::name).toList()));
    }

    private static List<EngineProvider> providers() {
        List<EngineProvider> providers = new ArrayList<>();
        // A method reference would load the class, and with it a module that may be absent, before anyone asks for it.
        providers.add(new BuiltIn("vector", 100, vectorObstacle(), () -> new VectorEngine()));
        providers.add(new BuiltIn("scalar", 0, Optional.empty(), ScalarEngine::new));
        ServiceLoader.load(EngineProvider.class, EngineProvider.class.getClassLoader())
                .forEach(providers::add);
        providers.sort(Comparator.comparingInt(EngineProvider::rank).reversed());
        return providers;
    }

    private static Optional<String> vectorObstacle() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
                ? Optional.empty()
                : Optional.of("the JVM was started without --add-modules " + VECTOR_MODULE);
    }

    private record BuiltIn(String name, int rank, Optional<String> unusableBecause, Supplier<Engine<?>> factory)
            implements EngineProvider {
        @Override
        public Engine<?> create() {
            return factory.get();
        }
    }
}
