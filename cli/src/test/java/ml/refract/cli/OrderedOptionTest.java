package ml.refract.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --ordered}, and what reports say of encodings. */
class OrderedOptionTest {
    @TempDir
    private Path folder;

    private Path data = Path.of("");
    private Path model = Path.of("");

    @BeforeEach
    void write() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        String[] sizes = {"small", "medium", "large", "huge"};
        data = Files.writeString(
                folder.resolve("shirts.csv"),
                IntStream.range(0, 80)
                        .mapToObj(i -> {
                            int size = random.nextInt(4);
                            String n = random.nextInt(4) == 0 ? "" : String.valueOf(random.nextGaussian());
                            return sizes[size] + "," + n + "," + (random.nextInt(4) + 1) + ","
                                    + (size * 1.5 + 0.1 * random.nextGaussian());
                        })
                        .collect(Collectors.joining("\n", "size,n,stars,price\n", "\n")));
        model = folder.resolve("shirts.refract");
    }

    private Cli.Result train(Object... options) {
        Object[] arguments = new Object[6 + options.length];
        System.arraycopy(new Object[] {"train", data, "-t", "price", "-m", model}, 0, arguments, 0, 6);
        System.arraycopy(options, 0, arguments, 6, options.length);
        return Cli.run(arguments);
    }

    private static JsonObject json(Cli.Result result) {
        return JsonParser.parseString(result.out()).getAsJsonObject();
    }

    private JsonObject provenance() {
        JsonObject inspected = json(Cli.run("inspect", model, "--json", "-"));
        return inspected.getAsJsonObject("provenance");
    }

    @Test
    void ordersReachTheModel() {
        Cli.Result result =
                train("--ordered", "size=small,medium,large,huge", "--ordered", "stars=1,2,3,4", "--preset", "fast");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(provenance().toString())
                .contains("\"order of size\":\"small,medium,large,huge\"", "\"order of stars\":\"1,2,3,4\"");
        // Numbers without indicator, four levels and their order twice.
        assertThat(json(Cli.run("inspect", model, "--json", "-"))
                        .getAsJsonArray("leaves")
                        .get(0)
                        .getAsJsonObject()
                        .get("coordinates")
                        .getAsInt())
                .isEqualTo(11);
        assertThat(Cli.run("inspect", model).out())
                .contains("4 levels: huge, large, medium, small; also as place in the order of levels");
        Cli.Result predicted = Cli.run("predict", model, data);
        assertThat(predicted.code()).as(predicted.err()).isZero();
    }

    @Test
    void reportsTellEncodings() {
        Cli.Result result = train("--ordered", "size=small,medium,large,huge", "--trials", "2", "--json", "-");
        assertThat(result.code()).as(result.err()).isZero();
        JsonObject report = json(result);
        assertThat(report.getAsJsonArray("withoutIndicator").toString()).isEqualTo("[\"n\"]");
        assertThat(report.getAsJsonObject("search").getAsJsonArray("members"))
                .allMatch(member -> member.getAsJsonObject().has("levelNumbers"));
        Cli.Result text = train("--ordered", "size=small,medium,large,huge", "--preset", "fast");
        assertThat(text.out() + text.err())
                .contains("no indicator of missing cells for n: they tell nothing about the target");
    }

    /** Shops whose numbers say nothing of the target, but each shop does. */
    @Test
    void reportsTellWhereNumbersAreLevels() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        double[] sales = random.doubles(40, -3, 3).toArray();
        Path shops = Files.writeString(
                folder.resolve("shops.csv"),
                IntStream.range(0, 400)
                        .mapToObj(i -> {
                            int shop = random.nextInt(40);
                            double day = random.nextDouble();
                            return shop + "," + day + "," + (sales[shop] + day + 0.1 * random.nextGaussian());
                        })
                        .collect(Collectors.joining("\n", "shop,day,price\n", "\n")));
        Path json = folder.resolve("report.json");
        Cli.Result result =
                Cli.run("train", shops, "-t", "price", "-m", model, "--trials", "2", "--json", json.toString());
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains(", on repeated numbers as levels");
        assertThat(JsonParser.parseString(Files.readString(json))
                        .getAsJsonObject()
                        .getAsJsonObject("search")
                        .getAsJsonArray("members"))
                .anyMatch(member ->
                        member.getAsJsonObject().get("repeatedNumbers").getAsBoolean());
        assertThat(Cli.run("inspect", model).out()).containsPattern("shop +numeric.*; also as levels\n");
        Path row = Files.writeString(folder.resolve("row.csv"), "shop,day\n1000,0.5\n");
        assertThat(Cli.run("predict", model, row).err())
                .as("a number never seen is still a number")
                .isEmpty();
    }

    @Test
    void wrongOrdersAreRefused() {
        assertThat(train("--ordered", "size=small,large").err())
                .contains("column 'size': found the level \"huge\", which is not in the order given: small, large");
        assertThat(train("--ordered", "size=small,small").err())
                .contains(
                        "Invalid option --ordered: The order of column 'size' must name two levels or more, each once");
        assertThat(train("--ordered", "seize=small,large").err())
                .contains("there is no column 'seize', named as ordered (did you mean 'size'?)");
        assertThat(Files.exists(model)).isFalse();
    }
}
