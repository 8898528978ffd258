package ml.refract.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import ml.refract.engine.Execution;
import ml.refract.linalg.DoubleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** What surrounds the experiments: claims, curves, pictures, files, the page. */
class LabTest {
    private static final Claim GOOD = Claim.near("half", 0.5, 0.5, 1e-3, Claim.Basis.CLOSED_FORM, "1/2");
    private static final Claim BAD = Claim.atMost("error | share", 0.7, 0.45, Claim.Basis.PAPER, "table 1");

    @TempDir
    private Path folder;

    private record Fake(String id, LabResult result) implements Experiment {
        @Override
        public String title() {
            return "Numbers < 3 & more";
        }

        @Override
        public String source() {
            return "nobody 1999";
        }

        @Override
        public String description() {
            return "Hands back what it was given.";
        }

        @Override
        public LabResult run(LabSettings settings, Execution execution) {
            return result;
        }
    }

    private static LabRun run(LabResult result) {
        try (Execution execution = Execution.singleThreaded()) {
            return LabRun.of(new Fake("fake", result), new LabSettings(LabSettings.Size.QUICK, 7), execution);
        }
    }

    private static LabResult.Builder chart(Claim... claims) {
        LabResult.Builder builder = LabResult.builder()
                .setup("rows", 1000)
                .panel(Panel.Chart.of(
                        "Errors, by round",
                        Panel.Axis.linear("round"),
                        Panel.Axis.log("error"),
                        Curve.line("measured", 0.1, Double.NaN, 0.001, 0.002),
                        Curve.dots("a \"b\"", new double[] {1, 2}, new double[] {0.5, 0})));
        Arrays.stream(claims).forEach(builder::claim);
        return builder;
    }

    @Test
    void claimsCompareAsTheySay() {
        assertThat(GOOD.pass()).isTrue();
        assertThat(GOOD.wanted()).isEqualTo("0.5 ± 0.001");
        assertThat(Claim.near("", 0.5011, 0.5, 1e-3, Claim.Basis.IDENTITY, "").pass())
                .isFalse();
        assertThat(BAD.pass()).isFalse();
        assertThat(BAD.wanted()).isEqualTo("≤ 0.45");
        assertThat(Claim.atMost("", 0.45, 0.45, Claim.Basis.PAPER, "").pass()).isTrue();
        assertThat(Claim.atLeast("", 0.45, 0.45, Claim.Basis.PAPER, "").pass()).isTrue();
        assertThat(Claim.atLeast("", 0.44, 0.45, Claim.Basis.PAPER, "").pass()).isFalse();
        assertThat(Claim.atMost("", Double.NEGATIVE_INFINITY, 0, Claim.Basis.PAPER, "")
                        .pass())
                .isFalse();
        assertThat(Claim.atLeast("", Double.NaN, 0, Claim.Basis.PAPER, "").pass())
                .isFalse();
        assertThatThrownBy(() -> Claim.near("x", 1, Double.NaN, 0, Claim.Basis.PAPER, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x'");
    }

    @Test
    void numbersAreShort() {
        assertThat(Numbers.text(0)).isEqualTo("0");
        assertThat(Numbers.text(0.45)).isEqualTo("0.45");
        assertThat(Numbers.text(10_000)).isEqualTo("10000");
        assertThat(Numbers.text(1_234_567)).isEqualTo("1234567");
        assertThat(Numbers.text(-2.0 / 3)).isEqualTo("-0.66667");
        assertThat(Numbers.text(1e-4)).isEqualTo("1e-4");
        assertThat(Numbers.text(1.25e10)).isEqualTo("1.25e10");
        assertThat(Numbers.text(Double.NaN)).isEqualTo("NaN");
    }

    @Test
    void resultsNeedAPanelAndAClaim() {
        assertThatThrownBy(() -> chart().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An experiment needs at least one panel and one claim, got 1 and 0");
        assertThatThrownBy(() -> Curve.line("c", new double[2], new double[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The curve 'c' has 2 x but 3 y");
    }

    @Test
    void curvesAndMatricesBecomeOneTable() {
        LabResult result = chart(GOOD)
                .panel(new Panel.HeatMap("M", DoubleMatrix.fromRows(new double[][] {{1, -2}, {3, 0}})))
                .build();
        assertThat(run(result).csv()).isEqualTo("""
                        panel,series,x,y
                        "Errors, by round",measured,0.0,0.1
                        "Errors, by round",measured,1.0,NaN
                        "Errors, by round",measured,2.0,0.001
                        "Errors, by round",measured,3.0,0.002
                        "Errors, by round","a ""b\""",1.0,0.5
                        "Errors, by round","a ""b\""",2.0,0.0
                        M,row 0,0.0,1.0
                        M,row 0,1.0,-2.0
                        M,row 1,0.0,3.0
                        M,row 1,1.0,0.0
                        """);
    }

    @Test
    void theRecordHoldsEveryClaim() {
        JsonObject json = run(chart(GOOD, BAD, Claim.atLeast("lost", Double.NaN, 1, Claim.Basis.IDENTITY, "1 = 1"))
                        .notReproduced("the moon")
                        .build())
                .json();
        assertThat(json.get("id").getAsString()).isEqualTo("fake");
        assertThat(json.get("seed").getAsLong()).isEqualTo(7);
        assertThat(json.get("size").getAsString()).isEqualTo("quick");
        assertThat(json.getAsJsonObject("settings").get("rows").getAsString()).isEqualTo("1000");
        assertThat(json.get("pass").getAsBoolean()).isFalse();
        assertThat(json.getAsJsonArray("notReproduced").get(0).getAsString()).isEqualTo("the moon");
        assertThat(json.getAsJsonArray("claims").get(0)).isEqualTo(JsonParser.parseString("""
                                {"text": "half", "measured": 0.5, "relation": "near", "target": 0.5, "tolerance": 0.001,
                                 "basis": "closed form", "source": "1/2", "pass": true}
                                """));
        assertThat(json.getAsJsonArray("claims")
                        .get(1)
                        .getAsJsonObject()
                        .get("pass")
                        .getAsBoolean())
                .isFalse();
        assertThat(json.getAsJsonArray("claims")
                        .get(2)
                        .getAsJsonObject()
                        .get("measured")
                        .isJsonNull())
                .isTrue();
    }

    private static Document parsed(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    @Test
    void aChartDrawsWhatCanBeDrawn() throws Exception {
        Document svg = parsed(run(chart(GOOD).build()).svg());
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("Numbers < 3 & more");
        Element dot = (Element) svg.getElementsByTagName("circle").item(0);
        assertThat(svg.getElementsByTagName("circle").getLength())
                .as("zero has no place on a logarithmic axis")
                .isEqualTo(1);
        // x from 0 to 3 over 70..460, y from 1 down to 0.001 over 36..310
        assertThat(Double.parseDouble(dot.getAttribute("cx"))).isEqualTo(200);
        assertThat(Double.parseDouble(dot.getAttribute("cy"))).isEqualTo(63.5);
        boolean gap = false;
        for (int i = 0; i < svg.getElementsByTagName("path").getLength(); i++) {
            String path = ((Element) svg.getElementsByTagName("path").item(i)).getAttribute("d");
            gap |= path.equals("M70.0 127.3M330.0 310.0L460.0 282.5");
        }
        assertThat(gap).as("a line with a gap where a number is missing").isTrue();
    }

    @Test
    void aHeatMapIsAnImageOfTheMatrix() throws Exception {
        LabResult result = LabResult.builder()
                .panel(new Panel.HeatMap("M", DoubleMatrix.fromRows(new double[][] {{4, 0, -4}, {Double.NaN, 2, -1}})))
                .claim(GOOD)
                .build();
        Element image = (Element)
                parsed(run(result).svg()).getElementsByTagName("image").item(0);
        assertThat(Double.parseDouble(image.getAttribute("width")))
                .isCloseTo(1.5 * Double.parseDouble(image.getAttribute("height")), within(0.2));
        String data = image.getAttribute("href").substring("data:image/png;base64,".length());
        BufferedImage picture =
                ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(data)));
        assertThat(picture.getWidth()).isEqualTo(3);
        assertThat(picture.getHeight()).isEqualTo(2);
        assertThat(picture.getRGB(0, 0) & 0xffffff).isEqualTo(0x004488);
        assertThat(picture.getRGB(1, 0) & 0xffffff).isEqualTo(0xffffff);
        assertThat(picture.getRGB(2, 0) & 0xffffff).isEqualTo(0xa50026);
        assertThat(picture.getRGB(0, 1) & 0xffffff).isEqualTo(0xa0a0a0);
        assertThat(picture.getRGB(1, 1) & 0xffffff).as("half way to blue").isEqualTo(0x80a2c4);
    }

    @Test
    void axesOfEqualOrMissingNumbersStillWork() throws Exception {
        LabResult result = LabResult.builder()
                .panel(Panel.Chart.of("flat", Panel.Axis.linear("x"), Panel.Axis.linear("y"), Curve.line("c", 2, 2, 2)))
                .panel(Panel.Chart.of("empty", Panel.Axis.log("x"), Panel.Axis.log("y"), Curve.line("c", 0, -1)))
                .claim(GOOD)
                .build();
        assertThat(run(result).svg()).doesNotContain("NaN").doesNotContain("Infinity");
        assertThat(parsed(run(result).svg()).getElementsByTagName("g").getLength())
                .isEqualTo(2);
    }

    @Test
    void filesAppearTogetherOrNotAtAll() throws IOException {
        LabRun run = run(chart(GOOD).build());
        Path made = folder.resolve("a").resolve("b");
        assertThat(LabFiles.write(run, made))
                .containsExactly(made.resolve("fake.csv"), made.resolve("fake.svg"), made.resolve("fake.json"));
        assertThat(Files.readString(made.resolve("fake.csv"))).isEqualTo(run.csv());
        assertThat(JsonParser.parseString(Files.readString(made.resolve("fake.json"))))
                .isEqualTo(run.json());
        assertThat(made.toFile().list()).hasSize(3);

        Path notAFolder = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> LabFiles.write(run, notAFolder)).isInstanceOf(IOException.class);
        assertThat(notAFolder).hasContent("x");
    }

    @Test
    void thePageShowsAllRunsAndWhatFailed() throws IOException {
        LabFiles.writePage(
                List.of(run(chart(GOOD, BAD).notReproduced("The moon.").build())), folder);
        assertThat(folder.resolve("lab").resolve("fake.svg")).exists();
        assertThat(Files.readString(folder.resolve("lab.md")))
                .contains("| [`fake`](#fake) | Numbers < 3 & more | 1 of 2 |\n")
                .contains("- `fake`: error | share is 0.7, wanted ≤ 0.45.\n- `fake`: The moon.\n")
                .contains("Run: quick, seed 7; rows 1000.")
                .contains("![Numbers < 3 & more](lab/fake.svg)")
                .contains("| half | 0.5 | 0.5 ± 0.001 | closed form: 1/2 | pass |\n")
                .contains("| error \\| share | 0.7 | ≤ 0.45 | paper: table 1 | **fail** |\n");
        LabFiles.writePage(List.of(run(chart(GOOD).build())), folder);
        assertThat(Files.readString(folder.resolve("lab.md"))).contains("Of the claims below, none fails");
    }
}
