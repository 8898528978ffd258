package ml.refract.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ml.refract.engine.Engines;
import ml.refract.engine.vector.VectorEngine;
import org.junit.jupiter.api.Test;

/** Which engine a JVM gets, here and in JVMs started with other flags, class paths and environments. */
class OpenBlasProviderTest {
    private static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";
    private static final String NO_VECTOR =
            "vector engine not used: the JVM was started without --add-modules jdk.incubator.vector";
    private static final Predicate<String> ALL = entry -> true;
    private static final Predicate<String> NO_NATIVES = entry -> !entry.matches(".*javacpp-[^/]*-(linux|macosx|win).*");
    private static final Predicate<String> NO_JAVACPP = entry -> !entry.contains("javacpp");

    /** The first line that a JVM prints about the engine of a name. */
    private static String shown(
            String name, Predicate<String> classPath, Map<String, String> variables, String... flags) throws Exception {
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(classPath)
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = Stream.of(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        Stream.of(flags),
                        Stream.of("-cp", path, ShowEngine.class.getName(), name))
                .flatMap(part -> part)
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("OPENBLAS_"));
        builder.environment().putAll(variables);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }

    private static boolean choosesKernels() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    @Test
    void itIsThereByNameAndLeavesTheFirstPlaceToTheVectorEngine() {
        Engines.Choice choice = Engines.choose("openblas");
        assertThat(choice.engine().name()).isEqualTo("openblas");
        assertThat(choice.engine().description())
                .matches("openblas \\(OpenBLAS 0\\.3\\.31, (\\w+ kernels, )?1 thread a call; all but factorisations: "
                        + "vector \\(float32, (4|8|16) lanes, JDK Vector API\\)\\)");
        assertThat(Engines.choose("auto").engine()).isInstanceOf(VectorEngine.class);
    }

    @Test
    void withoutTheVectorModuleItIsTakenBeforeTheScalarEngine() throws Exception {
        assertThat(shown("auto", ALL, Map.of()))
                .startsWith("openblas (OpenBLAS 0.3.31, ")
                .endsWith(
                        "1 thread a call; all but factorisations: scalar (float64, plain Java)): " + NO_VECTOR + "\n");
    }

    @Test
    void withoutNativesTheOthersServeAndOneLineSaysWhy() throws Exception {
        assertThat(shown("auto", NO_NATIVES, Map.of(), VECTOR_MODULE)).startsWith("vector (float32, ");
        String why = "its native library did not load (java.lang.UnsatisfiedLinkError: Could not find jnijavacpp in "
                + "class, module, and library paths.); org.bytedeco:javacpp and org.bytedeco:openblas must be on the "
                + "class path, each also with the classifier of this platform, " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + "\n";
        assertThat(shown("auto", NO_NATIVES, Map.of()))
                .isEqualTo("scalar (float64, plain Java): " + NO_VECTOR + "; openblas engine not used: " + why);
        assertThat(shown("openblas", NO_NATIVES, Map.of(), VECTOR_MODULE))
                .isEqualTo("The engine 'openblas' cannot run here: " + why);
    }

    @Test
    void withoutJavaCppTheOthersServe() throws Exception {
        assertThat(shown("openblas", NO_JAVACPP, Map.of(), VECTOR_MODULE))
                .startsWith("The engine 'openblas' cannot run here: its native library did not load "
                        + "(java.lang.ClassNotFoundException: org.bytedeco.javacpp.");
    }

    @Test
    void kernelsAreThoseOfTheWidestVectorsUnlessTheUserChooses() throws Exception {
        assumeThat(choosesKernels()).isTrue();
        boolean wide = Files.readString(Path.of("/proc/cpuinfo")).contains(" avx512vl ");
        assertThat(shown("openblas", ALL, Map.of())).contains(wide ? ", SkylakeX kernels, " : " kernels, ");
        assertThat(shown("openblas", ALL, Map.of("OPENBLAS_CORETYPE", "Nehalem")))
                .contains(", Nehalem kernels, ");
        assertThat(shown("openblas", ALL, Map.of("OPENBLAS_NUM_THREADS", "2"))).contains(", 1 thread a call");
    }

    /** Jobs share a machine: memory that the engine takes must not count against a small heap. */
    @Test
    void itRunsInASmallHeap() throws Exception {
        assertThat(shown("openblas", ALL, Map.of(), "-Xmx24m", VECTOR_MODULE)).startsWith("openblas (");
    }

    @Test
    void wideVectorsAreRecognisedByTheirFlags() {
        assertThat(OpenBlas.coreType(List.of(
                        "model name\t: AMD EPYC 9965",
                        "flags\t\t: fpu avx2 fma avx512f avx512dq avx512cd avx512bw avx512vl avx512_bf16",
                        "flags\t\t: fpu")))
                .contains("SkylakeX");
        assertThat(OpenBlas.coreType(List.of("flags\t\t: fpu avx avx2 fma"))).isEmpty();
        assertThat(OpenBlas.coreType(List.of("flags\t\t: fpu avx2 avx512f avx512cd avx512er avx512pf")))
                .as("Knights Landing lacks most of them")
                .isEmpty();
        assertThat(OpenBlas.coreType(List.of("Features\t: fp asimd"))).isEmpty();
    }
}
