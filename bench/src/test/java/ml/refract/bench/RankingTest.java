package ml.refract.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class RankingTest {
    /**
     * Areas under the curve of four variants of C4.5 on 14 sets (J. Demsar, JMLR 7, 2006, table 6). In the row of "voting" two that
     * are printed alike have different ranks there; the better of them is given another digit here.
     */
    private static final double[][] DEMSAR = {
        {.763, .768, .771, .798},
        {.599, .591, .590, .569},
        {.954, .971, .968, .967},
        {.628, .661, .654, .657},
        {.882, .888, .886, .898},
        {.936, .931, .916, .931},
        {.661, .668, .609, .685},
        {.583, .583, .563, .625},
        {.775, .838, .866, .875},
        {1, 1, 1, 1},
        {.940, .962, .965, .962},
        {.619, .666, .614, .669},
        {.972, .981, .9751, .975},
        {.957, .978, .946, .970}
    };

    private static Ranking demsar() {
        List<double[]> ranks = Arrays.stream(DEMSAR)
                .map(areas ->
                        Ranking.ranks(Arrays.stream(areas).map(area -> 1 - area).toArray()))
                .toList();
        return Ranking.of(List.of("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"), ranks);
    }

    @Test
    void equalErrorsShareRanks() {
        assertThat(Ranking.ranks(3, 1, 2)).containsExactly(3, 1, 2);
        assertThat(Ranking.ranks(.5, .2, .5, .1, .5)).containsExactly(4, 2, 4, 1, 4);
        assertThat(Ranking.ranks(0, 0)).containsExactly(1.5, 1.5);
    }

    @Test
    void ranksAsPublished() {
        Ranking ranking = demsar();

        assertThat(ranking.methods()).containsExactly("C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5");
        assertThat(ranking.ranks()).containsExactly(new double[] {1.964, 2.000, 2.893, 3.143}, within(5e-4));
        assertThat(ranking.friedman()).isCloseTo(9.28, within(5e-3));
        assertThat(ranking.criticalDifference()).isCloseTo(1.25, within(5e-3));
    }

    /** Of the differences 1.179 and less none is critical: one group. With more sets the same ranks fall into two. */
    @Test
    void groupsWhatDoesNotDiffer() {
        Ranking few = demsar();
        Ranking many = new Ranking(few.methods(), few.ranks(), 40); // critical from 0.74 on

        assertThat(few.cliques()).containsExactly(new Ranking.Clique(0, 3));
        assertThat(many.cliques()).containsExactly(new Ranking.Clique(0, 1), new Ranking.Clique(2, 3));
        assertThat(new Ranking(List.of("a", "b", "c"), new double[] {1, 1.9, 2.8}, 10).cliques()) // from 1.05 on
                .containsExactly(new Ranking.Clique(0, 1), new Ranking.Clique(1, 2));
        assertThat(new Ranking(List.of("a", "b"), new double[] {1, 2}, 10).cliques())
                .isEmpty();
    }

    /** scipy.stats.chi2.sf. */
    @Test
    void probabilitiesOfChiSquared() {
        assertThat(demsar().friedmanProbability()).isCloseTo(0.0257761, within(2e-4)); // of the rounded 9.28125
        assertThat(Ranking.chiSquaredAbove(9.28125, 3)).isCloseTo(0.025776057, within(2e-7));
        assertThat(Ranking.chiSquaredAbove(20, 4)).isCloseTo(4.99399227e-4, within(1e-12));
        assertThat(Ranking.chiSquaredAbove(3.2, 1)).isCloseTo(0.0736382703, within(2e-7));
        assertThat(Ranking.chiSquaredAbove(0, 5)).isCloseTo(1, within(2e-7));
    }

    @Test
    void refusesWhatItHasNoQuantileFor() {
        assertThatThrownBy(() -> Ranking.of(List.of("a"), List.of(new double[] {1})))
                .hasMessage("wanted 2 to 20 methods and a set that all have results on, found [a] and 1 sets");
    }

    @Test
    void plotShowsEveryMethodAndOneBarForEachGroup() throws Exception {
        String svg = CriticalDifferencePlot.svg(new Ranking(List.of("a<b", "c", "d"), new double[] {1, 1.9, 2.8}, 10));

        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new java.io.StringReader(svg)))
                        .getDocumentElement()
                        .getTagName())
                .isEqualTo("svg");
        assertThat(svg).contains(">a&lt;b (1.00)<", ">c (1.90)<", ">d (2.80)<", ">critical difference 1.05<");
        assertThat(svg.split("stroke-width=\"4\"", -1)).hasSize(3);
    }
}
