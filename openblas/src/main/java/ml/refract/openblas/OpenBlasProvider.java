package ml.refract.openblas;

import java.util.Optional;
import ml.refract.engine.Engine;
import ml.refract.engine.EngineProvider;
import ml.refract.engine.Engines;

/** Offers {@link OpenBlasEngine} over the best engine of the core. */
public final class OpenBlasProvider implements EngineProvider {

    @Override
    public String name() {
        return OpenBlasEngine.NAME;
    }

    /** Above the scalar engine and below the vector engine, which is as fast without native code. */
    @Override
    public int rank() {
        return 50;
    }

    @Override
    public Optional<String> unusableBecause() {
        return Loading.OBSTACLE;
    }

    @Override
    public Engine<?> create() {
        return OpenBlasEngine.over(Engines.builtIn());
    }

    /** Loads the native library when it is first asked for, and once. */
    private static final class Loading {
        static final Optional<String> OBSTACLE = obstacle();

        private static Optional<String> obstacle() {
            try {
                OpenBlas.load();
                return Optional.empty();
            } catch (LinkageError | RuntimeException e) {
                Throwable cause = e;
                while (cause.getCause() != null) {
                    cause = cause.getCause();
                }
                return Optional.of("its native library did not load ("
                        + String.valueOf(cause).replaceAll("\\s+", " ")
                        + "); org.bytedeco:javacpp and org.bytedeco:openblas must be on the class path, each also with "
                        + "the classifier of this platform, " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch"));
            }
        }
    }
}
