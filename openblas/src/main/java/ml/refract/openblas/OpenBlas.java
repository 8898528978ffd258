package ml.refract.openblas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** The native library, one for the whole process. */
final class OpenBlas {
    private static final String CORE_TYPE = "OPENBLAS_CORETYPE";
    private static final String THREADS = "OPENBLAS_NUM_THREADS";
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    /** What the kernels for SkylakeX use. */
    private static final List<String> AVX512 = List.of("avx512f", "avx512dq", "avx512bw", "avx512vl");

    /** The sets of kernels in builds for x86-64, in the library's spelling. Builds for other processors hold one set. */
    private static final List<String> CORES = List.of(
            "SapphireRapids",
            "Cooperlake",
            "SkylakeX",
            "Zen",
            "Haswell",
            "Excavator",
            "Steamroller",
            "Piledriver",
            "Bulldozer",
            "Sandybridge",
            "Nehalem",
            "Barcelona",
            "Core2",
            "Prescott");

    private static boolean loaded;

    private OpenBlas() {}

    /**
     * Loads the library, unless it is loaded, and has it work on the calling thread alone.
     *
     * <p>It reads its settings from the environment while it loads. Its own threads would be idle, so it is told to start
     * none; and it chooses kernels by processor model, old ones for models newer than itself, so it is told which ones
     * by what the processor can do. What the user has set is left as it is.
     *
     * @throws LinkageError when it cannot be loaded
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        Loader.load(org.bytedeco.javacpp.presets.javacpp.class);
        Map<String, String> settings = new HashMap<>();
        settings.put(THREADS, "1");
        coreType().ifPresent(core -> settings.put(CORE_TYPE, core));
        settings.keySet().removeAll(System.getenv().keySet());
        ProcessEnvironment.with(settings, () -> Loader.load(openblas_nolapack.class));
        openblas_nolapack.blas_set_num_threads(1);
        loaded = true;
    }

    /** The kernels to ask for; none when the library should choose. */
    private static Optional<String> coreType() {
        try {
            return coreType(Files.readAllLines(CPU_INFO));
        } catch (IOException e) { // not Linux
            return Optional.empty();
        }
    }

    /**
     * SkylakeX where the processor has its instructions. The library's sets for later processors with them, Cooperlake and
     * SapphireRapids, were measured to be as fast and no faster.
     *
     * @param cpuInfo lines of Linux's /proc/cpuinfo
     */
    static Optional<String> coreType(List<String> cpuInfo) {
        return cpuInfo.stream()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .filter(line -> Arrays.asList(line.split("\\s+")).containsAll(AVX512))
                .map(line -> "SkylakeX");
    }

    /** Version, kernels in use where there is a choice, and threads a call runs on. */
    static String description() {
        return openblas_nolapack.OPENBLAS_VERSION.trim() + ", "
                + core().map(name -> name + " kernels, ").orElse("")
                + threads() + (threads() == 1 ? " thread" : " threads") + " a call";
    }

    /** The library keeps the address of the set of kernels in use in the variable gotoblas. */
    private static Optional<String> core() {
        Pointer variable = Loader.addressof("gotoblas");
        if (variable == null) {
            return Optional.empty();
        }
        Pointer kernels = new PointerPointer<>(variable).get();
        return CORES.stream()
                .filter(name -> kernels.equals(Loader.addressof("gotoblas_" + name.toUpperCase(Locale.ROOT))))
                .findFirst();
    }

    private static int threads() {
        Pointer variable = Loader.addressof("blas_cpu_number");
        return variable == null ? 1 : new IntPointer(variable).get();
    }
}
