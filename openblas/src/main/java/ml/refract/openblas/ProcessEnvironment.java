package ml.refract.openblas;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** The environment of the process as native code sees it, which Java itself can only read. */
final class ProcessEnvironment {
    private ProcessEnvironment() {}

    /**
     * Runs an action with further variables in the environment, and takes them away again. JavaCPP must be loaded.
     *
     * <p>The variable {@code environ} of the C library points at the list that {@code getenv} searches, and a program may
     * point it at another list (POSIX.1-2017, System Interfaces, "environ"). Where there is none, as on Windows, the
     * action runs without the variables.
     *
     * @param variables values by names that are not set
     */
    static void with(Map<String, String> variables, Runnable action) {
        Pointer address = Loader.addressof("environ");
        if (address == null) {
            action.run();
            return;
        }
        PointerPointer<Pointer> environ = new PointerPointer<>(address);
        Pointer before = environ.get();
        Pointer during = list(before, variables);
        environ.put(0, during);
        try {
            action.run();
        } finally {
            if (during.equals(environ.get())) { // else somebody has set a variable meanwhile, in a list of their own
                environ.put(0, before);
            }
        }
    }

    /** A copy of the list with more entries. Never freed: whoever reads the environment may keep what it points at. */
    private static Pointer list(@Nullable Pointer before, Map<String, String> variables) {
        List<Pointer> entries = new ArrayList<>();
        if (before != null) {
            PointerPointer<Pointer> old = new PointerPointer<>(before);
            for (Pointer entry = old.get(0); entry != null; entry = old.get(entries.size())) {
                entries.add(entry);
            }
        }
        variables.forEach((name, value) -> {
            byte[] text = (name + "=" + value).getBytes(StandardCharsets.UTF_8);
            BytePointer entry = new BytePointer(Pointer.calloc(text.length + 1L, 1));
            entries.add(entry.put(text, 0, text.length));
        });
        Pointer memory = Pointer.calloc(entries.size() + 1L, Loader.sizeof(Pointer.class));
        PointerPointer<Pointer> list = new PointerPointer<>(memory);
        for (int i = 0; i < entries.size(); i++) {
            list.put(i, entries.get(i));
        }
        return memory;
    }
}
