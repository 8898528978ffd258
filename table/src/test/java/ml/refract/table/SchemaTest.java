package ml.refract.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
    private static final Schema SCHEMA = Schema.of(Samples.table(
            """
            n,c,q,b,d,t
            1.5,b,10,Yes,31/12/2023,07:30
            2.5,a "x",2,no,,08:00
            """.replace("a \"x\"", "\"a \"\"x\"\"\""), ColumnOptions.defaults().withCategorical(Set.of("q"))));

    @Test
    void describesTheColumnsOfATable() {
        assertThat(SCHEMA.names()).containsExactly("n", "c", "q", "b", "d", "t");
        assertThat(SCHEMA.columns())
                .extracting(SchemaColumn::type)
                .containsExactly(
                        ColumnType.NUMERIC,
                        ColumnType.CATEGORICAL,
                        ColumnType.CATEGORICAL,
                        ColumnType.BOOLEAN,
                        ColumnType.DATE_TIME,
                        ColumnType.DATE_TIME);
        assertThat(SCHEMA.column("c").orElseThrow().levels()).containsExactly("a \"x\"", "b");
        assertThat(SCHEMA.column("q").orElseThrow().levels()).containsExactly("2", "10");
        assertThat(SCHEMA.column("d").orElseThrow().dateKind()).contains(DateKind.DAY_FIRST);
        assertThat(SCHEMA.column("nobody")).isEmpty();
        assertThat(SCHEMA.missingTokens()).contains("NA", "?");
    }

    @Test
    void survivesJson() {
        Schema back = Schema.fromJson(
                JsonParser.parseString(SCHEMA.toJson().toString()).getAsJsonObject());
        assertThat(back).isEqualTo(SCHEMA).hasSameHashCodeAs(SCHEMA);
        assertThat(back.toJson()).isEqualTo(SCHEMA.toJson());
        assertThat(SCHEMA.withMissingTokens(List.of("-"))).isNotEqualTo(SCHEMA);
    }

    @Test
    void writesReadableJson() {
        Schema small = new Schema(
                List.of(
                        SchemaColumn.numeric("n"),
                        SchemaColumn.categorical("c", List.of("b", "a")),
                        SchemaColumn.date("d", DateKind.TIME)),
                List.of("NA"));
        assertThat(small.toJson().toString())
                .isEqualTo("{\"version\":1,\"columns\":[{\"name\":\"n\",\"type\":\"NUMERIC\"},"
                        + "{\"name\":\"c\",\"type\":\"CATEGORICAL\",\"levels\":[\"a\",\"b\"]},"
                        + "{\"name\":\"d\",\"type\":\"DATE_TIME\",\"dateKind\":\"TIME\"}],\"missingTokens\":[\"NA\"]}");
    }

    @Test
    void refusesUnknownVersions() {
        JsonObject json = SCHEMA.toJson();
        json.addProperty("version", 2);
        assertThatThrownBy(() -> Schema.fromJson(json))
                .isInstanceOf(DataException.class)
                .hasMessage("schema: version 2 is unknown; this release reads version 1. Remedy: use the release of "
                        + "Refract that wrote it, or a newer one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '\0',
            value = {
                "{} ! field 'version' is not an integer",
                "{'version':1.5} ! field 'version' is not an integer",
                "{'version':1} ! field 'columns' is not a list",
                "{'version':1,'columns':[7],'missingTokens':[]} ! field 'columns' is not an object",
                "{'version':1,'columns':[{'name':7}],'missingTokens':[]} ! field 'name' is not a text",
                "{'version':1,'columns':[{'name':'x','type':'WORD'}],'missingTokens':[]} ! field 'type' holds the unknown word \"WORD\"",
                "{'version':1,'columns':[{'name':'x','type':'TEXT'}],'missingTokens':[]} ! type TEXT is no type of an input column",
                "{'version':1,'columns':[{'name':'x','type':'BOOLEAN','levels':[1]}],'missingTokens':[]} ! field 'levels' is not a list of texts",
                "{'version':1,'columns':[{'name':'x','type':'NUMERIC'},{'name':'x','type':'NUMERIC'}],'missingTokens':[]} ! Column 'x' is described twice"
            })
    void refusesDamage(String json, String found) {
        JsonObject parsed = JsonParser.parseString(json.replace('\'', '"')).getAsJsonObject();
        assertThatThrownBy(() -> Schema.fromJson(parsed))
                .isInstanceOf(DataException.class)
                .hasMessage("schema: " + found + ". Remedy: the model file is damaged; write it again");
    }

    @Test
    void takesOneMoreColumnButNotTwice() {
        Schema more = SCHEMA.plus(SchemaColumn.numeric("y"));
        assertThat(more.names()).endsWith("y");
        assertThatThrownBy(() -> more.plus(SchemaColumn.numeric("y")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Column 'y' is described twice");
    }
}
