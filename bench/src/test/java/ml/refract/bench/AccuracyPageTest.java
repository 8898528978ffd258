package ml.refract.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccuracyPageTest {
    private static final String HEADER =
            "dataset,seed,method,n_test,rmse,accuracy,logloss,fit_s,predict_s,tune_s,error\n";

    @TempDir
    Path folder;

    private static final List<DataSet> SETS = List.of(set("a", "regression"), set("b", "binary"), set("c", "binary"));

    private static DataSet set(String name, String task) {
        return new DataSet(Path.of("."), name, task, "y", List.of(), 100);
    }

    private String page(String ours, String theirs) throws Exception {
        Path first = Files.writeString(folder.resolve("ours.csv"), HEADER + ours);
        Path second = Files.writeString(folder.resolve("theirs.csv"), HEADER + theirs);
        AccuracyPage.write(SETS, Results.read(first, second), folder);
        return Files.readString(folder.resolve("accuracy.md"));
    }

    @Test
    void comparesSetsOverTheSplitsThatBothHave() throws Exception {
        String page = page("""
                a,0,refract_default,10,1,,,3,0.5,,
                a,1,refract_default,10,3,,,5,0.5,,
                b,0,refract_default,10,,0.9,0.2,7,0.5,,
                c,0,refract_default,10,,1,0.3,1,0.5,,
                c,1,refract_default,10,,,,,,,out of luck
                """, """
                a,0,xrfm_tuned,10,2,,,1,0.1,9,
                a,1,xrfm_tuned,10,2,,,1,0.1,9,
                b,0,xrfm_tuned,10,,0.9,0.1,1,0.1,9,
                a,0,hgb_tuned,10,2,,,1,0.1,,
                b,0,hgb_tuned,10,,0.8,0.2,1,0.1,,
                c,0,hgb_tuned,10,,1,0.6,1,0.1,,
                c,1,hgb_tuned,10,,1,0.6,1,0.1,,
                """);

        // with log loss: mean 2 beside 2, .2 beside .1
        assertThat(page).contains("| xrfm_tuned | 2 | 0 | 1 | 1 | 2.000 | 1.414 | 2 |");
        assertThat(page)
                .contains(
                        "Its error is at most that of `xrfm_tuned` on 1 of 2 sets (50 %), and at most 0.5 % above it on 1 (50 %).");
        // 1 beside 2 on split 0 alone, .2 beside .2, .3 beside .6
        assertThat(page).contains("| hgb_tuned | 3 | 2 | 1 | 0 | 0.500 | 0.630 | 3 |");
        assertThat(page)
                .contains(
                        "`hgb_tuned`: 0.500 in regression (1 sets), 0.707 in classification by log loss (2 sets).",
                        "`hgb_tuned`: 0.500 in regression (1 sets), 0.500 in classification by the share of wrong classes (2 sets).");
        // with wrong classes: 0 beside 0 on c is a tie and in no geometric mean
        assertThat(page).contains("| hgb_tuned | 3 | 2 | 1 | 0 | 0.500 | 0.500 | 2 |");
        assertThat(page)
                .contains(
                        "| a |  |  |  | 2 | 2.000 | 1.000 | 0.500 |",
                        "| b |  |  |  | 1 | 0.2000 | **2.000** | 1.000 |");
        // ranks on a: 1, 2.5, 2.5 on split 0, the one that all have; on b: 2.5, 1, 2.5
        assertThat(page)
                .contains("Over the 2 sets on which all 3 methods have results on a split", "Left out: c.")
                .contains("| refract_default | 1.75 |\n| xrfm_tuned | 1.75 |\n| hgb_tuned | 2.50 |");
        // all have a, b and c but xrfm_tuned: 1, 1.5, 1 beside 2, 1.5, 2
        assertThat(page).contains("| refract_default | 1.17 |\n| hgb_tuned | 1.83 |");
        assertThat(page)
                .contains(
                        "| xrfm_tuned | 3 | 9.00 | 9.00 | 27.00 | 10000.0 |",
                        "| refract_default | 4 | 5.00 | 7.00 | 16.00 | 50000.0 |");
        assertThat(page).contains("- refract_default on c, split 1: failed: out of luck\n");
        assertThat(folder.resolve("accuracy-log-loss-all.svg")).content().contains("xrfm_tuned (1.75)");
        assertThat(folder.resolve("accuracy-wrong-everywhere.svg")).exists();
    }

    /** Of the two splits of a the longer search has one: the others are ranked over both. */
    @Test
    void ranksTheLongerSearchOnItsOwnSplits() throws Exception {
        String page = page("""
                a,0,refract_default,10,2,,,3,0.5,,
                a,1,refract_default,10,1,,,5,0.5,,
                a,0,refract_best,10,1,,,9,0.5,,
                """, """
                a,0,hgb_tuned,10,3,,,1,0.1,9,
                a,1,hgb_tuned,10,1,,,1,0.1,9,
                """);

        assertThat(page)
                .containsSubsequence(
                        "### Mean ranks: all methods but `refract_best`",
                        "| refract_default | 1.25 |\n| hgb_tuned | 1.75 |",
                        "### Mean ranks: all methods, on splits of `refract_best`",
                        "| refract_best | 1.00 |\n| refract_default | 2.00 |\n| hgb_tuned | 3.00 |");
    }

    @Test
    void wantsResultsOfOurs() {
        assertThatThrownBy(() -> page("", "a,0,hgb_tuned,10,2,,,1,0.1,,\n"))
                .hasMessage("found results of [hgb_tuned] only, wanted some of refract_default");
    }
}
