package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

    @ParameterizedTest
    @CsvSource({
        "same,same,0",
        "flipepr,flipper,1",
        "colour,color,1",
        "cat,cart,1",
        "kitten,sitting,3",
        "'',abc,3",
        "ab,ba,1"
    })
    void countsInsertionsDeletionsReplacementsAndSwaps(String a, String b, int expected) {
        assertThat(NearestName.distance(a, b)).isEqualTo(expected);
        assertThat(NearestName.distance(b, a)).isEqualTo(expected);
    }

    @Test
    void findsTheNearestWithoutRegardToCase() {
        assertThat(NearestName.of("speceis", List.of("island", "Species", "sex")))
                .contains("Species");
        assertThat(NearestName.of("AGE", List.of("page", "age"))).contains("age");
    }

    @Test
    void offersNothingFarAway() {
        assertThat(NearestName.of("price", List.of("island", "sex"))).isEmpty();
        assertThat(NearestName.of("x", List.of("y"))).isEmpty();
        assertThat(NearestName.of("x", List.of())).isEmpty();
    }

    @Test
    void theFirstOfEquallyNearNamesWins() {
        assertThat(NearestName.of("col3", List.of("col1", "col2"))).contains("col1");
    }
}
