package ml.refract.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs every example, and holds the README to them. */
class ExamplesTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "ml", "refract", "examples");

    @AfterEach
    void removeModel() throws IOException {
        Files.deleteIfExists(Path.of("penguins.refract"));
    }

    private static String printed(Consumer<String[]> main, String... args) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            main.accept(args);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void tenLines() {
        String text = printed(TenLines::main, "data/penguins.csv");
        assertThat(text).containsPattern("accuracy=0\\.99\\d+").containsPattern("Gentoo with probability 0\\.9\\d+\n$");
    }

    @Test
    void withoutTables() {
        List<String> lines = printed(WithoutTables::main).lines().toList();
        assertThat(lines).hasSize(20);
        for (int j = 0; j < 20; j++) {
            double weight = Double.parseDouble(lines.get(j).split(" +")[1]);
            if (j == 3 || j == 11) {
                assertThat(weight).as("coordinate %d matters", j).isGreaterThan(0.5);
            } else {
                assertThat(weight).as("coordinate %d does not", j).isLessThan(0.05);
            }
        }
    }

    @Test
    void explainARow() {
        List<String> lines =
                printed(ExplainARow::main, "data/airfoil.csv").lines().toList();
        assertThat(lines).hasSize(11);
        double shares = lines.subList(0, 5).stream()
                .mapToDouble(line -> Double.parseDouble(line.split(" +")[1]))
                .sum();
        assertThat(shares).isBetween(99.0, 101.0); // five numbers rounded to a tenth
        assertThat(lines.get(5)).startsWith("row 12: ");
    }

    @Test
    void deepAndConvolutional() throws IOException {
        List<String> lines = printed(DeepAndConvolutional::main).lines().toList();
        assertThat(lines).hasSize(9);
        double[] collapse = lines.subList(0, 4).stream()
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                .toArray();
        assertThat(collapse[3]).isLessThan(collapse[0] / 10);
        assertThat(lines.get(4)).isEqualTo("200 rows, told right: 200");
        assertThat(lines.get(8)).startsWith("6 x 6 patches, told right: ");
        assertThat(Integer.parseInt(lines.get(8).substring(27))).isGreaterThan(190);
        String page = Files.readString(Path.of("..", "docs", "deep-and-convolutional.md"));
        assertThat(page)
                .contains(shown("DeepAndConvolutional.java", "// [deep]\n"))
                .contains(shown("DeepAndConvolutional.java", "// [conv]\n"));
    }

    @Test
    void grokking() {
        List<String> lines = printed(Grokking::main).lines().toList();
        assertThat(lines).hasSize(16);
        double[] accuracy = lines.subList(0, 15).stream()
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                .toArray();
        assertThat(accuracy[5]).as("still silent").isLessThan(0.1);
        assertThat(accuracy[14]).as("learned").isGreaterThan(0.9);
        String[] words = lines.get(15).split(" ");
        assertThat(Double.parseDouble(words[0])).isCloseTo(Double.parseDouble(words[3]), within(0.1));
    }

    /** What the page on feature learning shows is what is compiled and run here. */
    @Test
    void thePageShowsGrokking() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "feature-learning.md")))
                .contains(shown("Grokking.java", "// [grokking]\n"));
    }

    /** What the README shows is what is compiled and run here. */
    @Test
    void theReadmeShowsTheTenLines() throws IOException {
        assertThat(Files.readString(Path.of("..", "README.md"))).contains(shown("TenLines.java", "// [ten lines]\n"));
    }

    /** The lines of an example between a mark and its end. */
    private static String shown(String file, String mark) throws IOException {
        String source = Files.readString(SOURCES.resolve(file));
        int from = source.indexOf(mark);
        return source.substring(from, source.indexOf("        // [end]", from))
                .lines()
                .skip(1)
                .map(line -> line.replaceFirst("^ {8}", ""))
                .collect(Collectors.joining("\n"));
    }
}
