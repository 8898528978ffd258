package ml.refract.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Arguments of the comparisons on data sets.
 *
 * @param data folder with the data sets
 * @param output folder for the document
 * @param sets names of the sets to take, none for all
 */
record Arguments(Path data, Path output, List<String> sets) {

    /** Parses a command line and makes the output folder. */
    static Arguments parse(String[] args) throws IOException {
        if (args.length < 2) {
            throw new IllegalArgumentException(
                    "wanted: DATA_FOLDER OUTPUT_FOLDER [SET ...], found " + Arrays.toString(args));
        }
        Path output = Files.createDirectories(Path.of(args[1]));
        return new Arguments(
                Path.of(args[0]), output, List.copyOf(Arrays.asList(args).subList(2, args.length)));
    }

    boolean wants(String set) {
        return sets.isEmpty() || sets.contains(set);
    }

    /** The command, for the head of its document. */
    String command(Class<?> type) {
        return String.join(" ", "bench/run", type.getSimpleName(), "DATA", "docs/benchmarks", String.join(" ", sets))
                .trim();
    }
}
