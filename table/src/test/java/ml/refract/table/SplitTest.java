package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SplitTest {

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> Split.read(Samples.source(text), 10))
                .isInstanceOf(DataException.class)
                .hasMessage(message);
    }

    @Test
    void partsAreAscendingAndOthersUnused() {
        Split split = Split.read(Samples.source("row,part\n7,train\n2,val\n9,test\n0,train\n5,test\n"), 10);
        assertThat(split.train()).containsExactly(0, 7);
        assertThat(split.validation()).containsExactly(2);
        assertThat(split.test()).containsExactly(5, 9);
        assertThat(split.toString()).isEqualTo("Split[2 train, 1 validation, 2 test]");
    }

    @Test
    void wrongHeader() {
        assertRefused(
                "index,part\n1,train\n",
                "data.csv, line 1: found the columns 'index', 'part', wanted 'row', 'part'. "
                        + "Remedy: begin the split file with the line row,part");
    }

    @Test
    void unknownPart() {
        assertRefused(
                "row,part\n1,train\n2,valid\n",
                "data.csv, line 3: found the part \"valid\", wanted 'train', 'val', 'test'. Remedy: correct it");
    }

    @Test
    void rowsThatDoNotExist() {
        String remedy =
                "Remedy: check that the split belongs to this data file; rows are counted from 0 after the header";
        assertRefused(
                "row,part\n10,train\n",
                "data.csv, line 2: found the row \"10\", wanted a data row from 0 to 9. " + remedy);
        assertRefused(
                "row,part\n-1,train\n",
                "data.csv, line 2: found the row \"-1\", wanted a data row from 0 to 9. " + remedy);
        assertRefused(
                "row,part\n1.0,train\n",
                "data.csv, line 2: found the row \"1.0\", wanted a data row from 0 to 9. " + remedy);
    }

    @Test
    void rowsListedTwice() {
        assertRefused(
                "row,part\n1,train\n2,val\n1,test\n",
                "data.csv, line 4: row 1 is listed twice. Remedy: list every row once");
    }

    @Test
    void noTrainingRows() {
        assertRefused("row,part\n1,val\n", "data.csv: no row is for training. Remedy: give some rows the part train");
    }
}
