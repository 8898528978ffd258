package ml.refract.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import ml.refract.linalg.Design;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.table.Table;
import ml.refract.table.TargetColumn;
import ml.refract.table.TaskKind;
import ml.refract.tune.Views;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledRowsTest {
    @TempDir
    Path folder;

    @Test
    void spellsCodedGroupsOut() throws Exception {
        Design x = Design.of(
                Matrix.fromRows(new float[][] {{1, 2}, {3, 4}, {5, 6}}),
                List.of(new Design.Group(new int[] {1, -1, 0}, 2), new Design.Group(new int[] {0, 2, 1}, 3)));

        LabelledRows rows = LabelledRows.of(x, x, Views.all(), target("0.5", "1.5", "2.5"));

        assertThat(rows.dense()).containsExactly(1, 2, 0, 1, 1, 0, 0, 3, 4, 0, 0, 0, 0, 1, 5, 6, 1, 0, 0, 1, 0);
        assertThat(rows.select(new int[] {2, 0}).dense()).containsExactly(5, 6, 1, 0, 0, 1, 0, 1, 2, 0, 1, 1, 0, 0);
        assertThat(rows.select(new int[] {2, 0}).targets()).containsExactly(2.5, 0.5);
    }

    @Test
    void scoresNumbersAndClasses() {
        Design x = Design.of(Matrix.zeros(2, 1));

        assertThat(new LabelledRows(x, x, Views.all(), new float[2], new double[] {1, 4}, 0)
                        .errors(DoubleMatrix.column(1, 2)))
                .containsExactly(Math.sqrt(2));
        assertThat(new LabelledRows(x, x, Views.all(), new float[2], new double[] {0, 1}, 2)
                        .errors(DoubleMatrix.fromRows(new double[][] {{0.5, 0.5}, {0.75, 0.25}})))
                .containsExactly(new double[] {1.5 * Math.log(2), 0.5}, within(1e-15));
    }

    /** As PEERS.md of the data says: clipped at 1e-15, Brier over rows and classes, no area where a class is absent. */
    @Test
    void scoresAsThePeersWereScored() {
        Design x = Design.of(Matrix.zeros(2, 1));
        DoubleMatrix certain = DoubleMatrix.fromRows(new double[][] {{0, 1, 0}, {1, 0, 0}});

        Map<String, Double> scores =
                new LabelledRows(x, x, Views.all(), new float[2], new double[] {0, 0}, 3).scores(certain);

        assertThat(scores.get("logloss")).isCloseTo(-Math.log(1e-15) / 2, within(1e-13));
        assertThat(scores.get("brier")).isCloseTo(2.0 / 6, within(1e-15));
        assertThat(scores.get("accuracy")).isEqualTo(0.5);
        assertThat(scores.get("auc")).isNaN();
    }

    private TargetColumn target(String... numbers) throws Exception {
        Path file = Files.writeString(folder.resolve("y.csv"), "x,y\n0," + String.join("\n0,", numbers) + "\n");
        return TargetColumn.of(Table.read(file), "y", TaskKind.REGRESSION);
    }
}
