package ml.refract.table.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;
import ml.refract.model.TensorFile;
import ml.refract.table.CsvOptions;
import ml.refract.table.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written byte by byte, as the formats say. */
class ActivationsTest {
    private static final CsvOptions CSV = CsvOptions.defaults();

    @TempDir
    private Path folder;

    private Path file(String name, Bytes bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes.toArray());
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Rows read(Path file, String... tensors) {
        List<Activations.Layer> layers = Activations.layers(file, List.of(tensors), CSV);
        assertThat(layers).hasSize(1);
        return layers.get(0).rows().get();
    }

    private static double[][] entries(Rows rows) {
        double[][] result = new double[rows.rows()][rows.cols()];
        for (int i = 0; i < rows.rows(); i++) {
            rows.copyRow(i, result[i], 0);
        }
        return result;
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> read(file)).isInstanceOf(DataException.class).hasMessage(file + message);
    }

    // NumPy

    /** 2 x 3 matrices of 1 2 3 / 4 5 6.5 in every version, order and byte order. */
    @ParameterizedTest
    @CsvSource({"1,<,false", "2,<,true", "3,>,false", "1,>,true"})
    void floatsInEveryArrangement(int version, String sign, boolean fortran) throws IOException {
        ByteOrder order = sign.equals("<") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        double[] numbers = fortran ? new double[] {1, 4, 2, 5, 3, 6.5} : new double[] {1, 2, 3, 4, 5, 6.5};
        double[][] expected = {{1, 2, 3}, {4, 5, 6.5}};
        Rows floats = read(file(
                "f4.npy",
                Bytes.npy(version, Bytes.dictionary(sign + "f4", fortran, "2, 3"), order)
                        .floats(numbers)));
        assertThat(floats).isInstanceOf(Matrix.class);
        assertThat(entries(floats)).isDeepEqualTo(expected);
        Rows doubles = read(file(
                "f8.npy",
                Bytes.npy(version, Bytes.dictionary(sign + "f8", fortran, "2, 3"), order)
                        .doubles(numbers)));
        assertThat(doubles).isInstanceOf(DoubleMatrix.class);
        assertThat(entries(doubles)).isDeepEqualTo(expected);
    }

    /** Values of the standard: 1, -2, the largest, the smallest normal, the smallest subnormal, a third, minus zero. */
    @Test
    void halfPrecision() throws IOException {
        Rows rows = read(file(
                "f2.npy",
                Bytes.npy(1, Bytes.dictionary("<f2", false, "1, 7"), ByteOrder.LITTLE_ENDIAN)
                        .shorts(0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555, 0x8000)));
        assertThat(rows).isInstanceOf(Matrix.class);
        assertThat(entries(rows)[0])
                .containsExactly(1, -2, 65504, Math.pow(2, -14), Math.pow(2, -24), 0.333251953125, -0.0);
        Path infinite = file(
                "inf.npy",
                Bytes.npy(1, Bytes.dictionary("<f2", false, "1, 2"), ByteOrder.LITTLE_ENDIAN)
                        .shorts(0x3c00, 0x7c00));
        assertThatThrownBy(() -> read(infinite)).hasMessageContaining("row 0, column 1 is Infinity");
    }

    @Test
    void integersAndTruths() throws IOException {
        assertThat(entries(read(file(
                        "u1.npy",
                        Bytes.npy(1, Bytes.dictionary("|u1", false, "2, 1"), ByteOrder.LITTLE_ENDIAN)
                                .bytes(3, 255)))))
                .isDeepEqualTo(new double[][] {{3}, {255}});
        assertThat(entries(read(file(
                        "i4.npy",
                        Bytes.npy(1, Bytes.dictionary(">i4", false, "1, 2"), ByteOrder.BIG_ENDIAN)
                                .ints(-7, 1 << 30)))))
                .isDeepEqualTo(new double[][] {{-7, 1 << 30}});
        assertThat(entries(read(file(
                        "b1.npy",
                        Bytes.npy(1, Bytes.dictionary("|b1", false, "1, 2"), ByteOrder.LITTLE_ENDIAN)
                                .bytes(0, 1)))))
                .isDeepEqualTo(new double[][] {{0, 1}});
    }

    @Test
    void whatIsNoMatrixOfNumbersIsRefused() throws IOException {
        ByteOrder little = ByteOrder.LITTLE_ENDIAN;
        Bytes whole =
                Bytes.npy(1, Bytes.dictionary("<f4", false, "2, 2"), little).floats(1, 2, 3);
        assertRefused(
                file("short.npy", whole),
                ": the file ends after 12 of 16 bytes of numbers. Remedy: save or copy it again");
        assertRefused(
                file("long.npy", whole.floats(4, 5)),
                ": the file has 4 bytes behind its array. Remedy: save each array in a file of its own");
        assertRefused(
                file(
                        "cut.npy",
                        Bytes.littleEndian()
                                .text("\u0093NUMPY")
                                .bytes(1, 0, 70, 0)
                                .text("{'descr'")),
                ": the file ends inside its header. Remedy: save or copy it again");
        assertRefused(
                file(
                        "new.npy",
                        Bytes.littleEndian()
                                .text("\u0093NUMPY")
                                .bytes(4, 0, 2, 0)
                                .text("{}")),
                ": the format has version 4, wanted 1, 2 or 3. Remedy: save it again");
        assertRefused(
                file(
                        "huge.npy",
                        Bytes.littleEndian()
                                .text("\u0093NUMPY")
                                .bytes(2, 0)
                                .ints(-1)
                                .text("{}")),
                ": its header says to be 4294967295 bytes long. Remedy: save it again");
        assertRefused(
                file("empty.npy", Bytes.npy(1, "{}", little)),
                ": its header does not name type, order and shape of an array. Remedy: save it again");
        assertRefused(
                file("object.npy", Bytes.npy(1, Bytes.dictionary("|O", false, "2, 2"), little)),
                ": its entries are no plain numbers ('descr': '|O'). Remedy: save it as float32, with "
                        + "array.astype('float32')");
        assertRefused(
                file(
                        "record.npy",
                        Bytes.npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", little)),
                ": its entries are no plain numbers ('descr': [('a', '<f4')]). Remedy: save it as float32, with "
                        + "array.astype('float32')");
        assertRefused(
                file(
                        "cube.npy",
                        Bytes.npy(1, Bytes.dictionary("<f4", false, "2, 1, 2"), little)
                                .floats(1, 2, 3, 4)),
                ": found an array of the shape (2, 1, 2), wanted two axes, rows and columns. Remedy: save one array of rows "
                        + "and columns for each layer");
        assertRefused(
                file(
                        "line.npy",
                        Bytes.npy(1, Bytes.dictionary("<f4", false, "2,"), little)
                                .floats(1, 2)),
                ": found an array of the shape (2,), wanted two axes, rows and columns. Remedy: save one array of rows and "
                        + "columns for each layer");
        assertRefused(
                file("none.npy", Bytes.npy(1, Bytes.dictionary("<f4", false, "0, 5"), little)),
                ": found 0 rows of 5 columns. Remedy: save some activations");
        assertRefused(
                file("vast.npy", Bytes.npy(1, Bytes.dictionary("<f4", false, "2000000, 2000000"), little)),
                ": the file ends after 0 of 16000000000000 bytes of numbers. Remedy: save or copy it again");
        assertRefused(
                file("a.npz", Bytes.littleEndian().text("PK").bytes(3, 4).text("whatever")),
                ": this is a zip archive, such as an .npz file. Remedy: save single arrays with numpy.save");
    }

    @Test
    void rowsThatAreNotFiniteAreNamed() throws IOException {
        double[] numbers = new double[24];
        for (int i = 0; i < 12; i++) {
            numbers[2 * i + 1] = i % 4 == 0 ? 1 : Double.NaN;
        }
        assertRefused(
                file(
                        "nan.npy",
                        Bytes.npy(1, Bytes.dictionary("<f4", false, "12, 2"), ByteOrder.LITTLE_ENDIAN)
                                .floats(numbers)),
                ": row 1, column 1 is NaN; rows with numbers that are not finite: 1, 2, 3, 5, 6, 7, 9, 10, 11 (counted from 0). "
                        + "Remedy: leave these rows out, here and among the labels");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 200_000})
    void whatIsWrittenIsReadBack(int rows) throws IOException {
        double[] values = new double[2 * rows];
        for (int k = 0; k < values.length; k++) {
            values[k] = Math.sin(k);
        }
        Path file = folder.resolve("w.npy");
        Npy.write(file, List.of(rows, 2), values);
        byte[] bytes = Files.readAllBytes(file);
        assertThat((bytes.length - 8L * values.length) % 64)
                .as("numbers are aligned")
                .isZero();
        assertThat(new String(bytes, 10, 80, StandardCharsets.US_ASCII))
                .startsWith("{'descr': '<f8', 'fortran_order': False, 'shape': (" + rows + ", 2), }");
        assertThat(read(file)).isEqualTo(DoubleMatrix.of(rows, 2, values));
        Npy.write(file, List.of(2 * rows), values);
        assertThat(Activations.numbers(file)).isEqualTo(values);
        assertThatThrownBy(() -> Npy.write(file, List.of(3, 7), values))
                .hasMessageContaining("An array of the shape [3, 7] has 21 entries");
    }

    // safetensors

    private static final String TWO_LAYERS =
            "{\"b\":{\"dtype\":\"BF16\",\"shape\":[2,2],\"data_offsets\":[0,8]},\"norm\":{\"dtype\":\"F32\",\"shape\":[1],"
                    + "\"data_offsets\":[8,12]},\"a\":{\"dtype\":\"F16\",\"shape\":[2,1],\"data_offsets\":[12,16]},\"q\":{"
                    + "\"dtype\":\"F8_E4M3\",\"shape\":[1,2],\"data_offsets\":[16,18]}}";

    private Path twoLayers() throws IOException {
        return file(
                "two.safetensors",
                Bytes.safetensors(TWO_LAYERS)
                        .shorts(0x3f80, 0xc000, 0x4049, 0x0000)
                        .floats(9)
                        .shorts(0x3c00, 0xc000)
                        .bytes(1, 2));
    }

    @Test
    void everyMatrixOfASafetensorsFileIsALayer() throws IOException {
        Path file = twoLayers();
        List<Activations.Layer> layers = Activations.layers(file, List.of(), CSV);
        assertThat(layers)
                .extracting(Activations.Layer::name)
                .containsExactly(file + ", tensor b", file + ", tensor a");
        assertThat(entries(layers.get(0).rows().get())).isDeepEqualTo(new double[][] {{1, -2}, {3.140625, 0}});
        assertThat(entries(layers.get(1).rows().get())).isDeepEqualTo(new double[][] {{1}, {-2}});
        assertThat(Activations.layers(file, List.of("a"), CSV))
                .extracting(Activations.Layer::name)
                .containsExactly(file + ", tensor a");
    }

    @Test
    void tensorsThatAreNoLayersAreRefused() throws IOException {
        Path file = twoLayers();
        for (String name : List.of("norm", "q", "c")) {
            assertThatThrownBy(() -> Activations.layers(file, List.of(name), CSV))
                    .hasMessage(file + ": there is no tensor '" + name + "' of two axes. Remedy: there are 'b', 'a'");
        }
        String header = "{\"n\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        assertThatThrownBy(() -> Activations.layers(
                        file("one.safetensors", Bytes.safetensors(header).floats(1)), List.of(), CSV))
                .hasMessageContaining("there is no tensor of two axes");
        assertThatThrownBy(() -> Activations.layers(
                        file("cut.safetensors", Bytes.safetensors(TWO_LAYERS).shorts(1, 2)), List.of(), CSV))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("it ends after 4 of 18 bytes of numbers");
        assertThatThrownBy(() -> Activations.layers(
                        file("json.safetensors", Bytes.safetensors("{\"a\": nonsense}")), List.of(), CSV))
                .hasMessageContaining("is no safetensors file, or is damaged");
        assertThatThrownBy(() -> read(file("x.csv", "a,b\n1,2\n"), "a"))
                .hasMessageContaining("only safetensors files have tensors with names");
    }

    @Test
    void tensorsThatAreWrittenAreReadBack() throws IOException {
        Path file = folder.resolve("w.safetensors");
        DoubleMatrix matrix = DoubleMatrix.of(2, 3, new double[] {1, 2, 3, 4, 5, 0.1});
        TensorFile.write(file, Map.of("x", matrix), Map.of("note", "yes"));
        assertThat(read(file)).isEqualTo(matrix);
        assertThatThrownBy(() -> TensorFile.read(file, "y")).hasMessageContaining("has no tensor 'y'");
    }

    // CSV

    @Test
    void csvFilesAreMatricesToo() throws IOException {
        assertThat(entries(read(file("a.csv", "h0;h1\n1;2.5\n-3e2;0\n"))))
                .isDeepEqualTo(new double[][] {{1, 2.5}, {-300, 0}});
        Path headless = file("b.csv", "1,2\n3,4\n");
        assertRefused(
                headless,
                ", line 1: the first line holds numbers, wanted the names of the columns. Remedy: put a header line above the "
                        + "numbers");
        Path text = file("c.csv", "a,b\n1,2\n3,x\n");
        assertRefused(
                text,
                ", line 3 (data row 1), column 'b': found \"x\", wanted a finite number. Remedy: leave out the row, or the "
                        + "column if it holds no activations");
        assertThatThrownBy(() -> read(file("d.csv", "a,b\n1,\n")))
                .hasMessageContaining("data row 0), column 'b': found \"\"");
        assertThatThrownBy(() -> read(folder.resolve("nowhere.npy"))).hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> read(folder)).hasMessageContaining("this is a directory");
    }

    @Test
    void csvMatricesGrow() throws IOException {
        StringBuilder text = new StringBuilder("a,b\n");
        for (int i = 0; i < 1000; i++) {
            text.append(i).append(',').append(-i).append('\n');
        }
        Rows rows = read(file("long.csv", text.toString()));
        assertThat(rows.rows()).isEqualTo(1000);
        assertThat(rows.get(999, 1)).isEqualTo(-999);
    }

    // Labels

    private static double[] labels(Path file, String column, String positive) {
        return RowLabels.read(file, Optional.ofNullable(column), Optional.ofNullable(positive), CSV)
                .values();
    }

    @Test
    void labelsAreNumbersOrNamed() throws IOException {
        Path csv = file("l.csv", "id,kind,much\n1,cat,0.5\n2,dog,2\n3,cat,-1\n");
        assertThat(labels(csv, "much", null)).containsExactly(0.5, 2, -1);
        assertThat(labels(csv, "kind", "cat")).containsExactly(1, 0, 1);
        assertThat(labels(csv, "much", "2.0")).containsExactly(0, 1, 0);
        assertThat(labels(file("one.csv", "y\n0\n1\n"), null, null)).containsExactly(0, 1);
        assertThatThrownBy(() -> labels(csv, null, null))
                .hasMessage(
                        csv + ": there are 3 columns, 'id', 'kind', 'much'. Remedy: say which one to read by its name");
        assertThatThrownBy(() -> labels(csv, "kid", null))
                .hasMessageContaining("there is no column 'kid' (did you mean 'kind'?)");
        assertThatThrownBy(() -> labels(csv, "kind", null))
                .hasMessage(csv
                        + ", data row 0: found the label 'cat', which is no number; there are 'cat' (2), 'dog' (1). "
                        + "Remedy: say which label means that the concept is present, with --positive LABEL");
        assertThatThrownBy(() -> labels(csv, "kind", "cow")).hasMessageContaining("no row has the label 'cow'");
        assertThatThrownBy(() -> labels(file("gap.csv", "y,z\n0,1\n,1\n"), "y", null))
                .hasMessageContaining("line 3 (data row 1), column 'y': the cell is empty");
    }

    @Test
    void labelsOfNumPy() throws IOException {
        Path line = file(
                "y.npy",
                Bytes.npy(1, Bytes.dictionary("<i8", false, "3,"), ByteOrder.LITTLE_ENDIAN)
                        .longs(2, 0, 2));
        assertThat(labels(line, null, null)).containsExactly(2, 0, 2);
        assertThat(labels(line, null, "0")).containsExactly(0, 1, 0);
        assertThatThrownBy(() -> labels(line, "y", null)).hasMessageContaining("has no columns with names");
        assertThatThrownBy(() -> labels(line, null, "cat")).hasMessageContaining("none is 'cat'");
        Path column = file(
                "c.npy",
                Bytes.npy(1, Bytes.dictionary("<f4", false, "2, 1"), ByteOrder.LITTLE_ENDIAN)
                        .floats(1, 0));
        assertThat(labels(column, null, null)).containsExactly(1, 0);
        Path square = file(
                "s.npy",
                Bytes.npy(1, Bytes.dictionary("<f4", false, "2, 2"), ByteOrder.LITTLE_ENDIAN)
                        .floats(1, 0, 1, 0));
        assertThatThrownBy(() -> labels(square, null, null)).hasMessageContaining("found 2 x 2 numbers");
        assertThatThrownBy(() -> labels(twoLayers(), null, null)).hasMessageContaining("this is a safetensors file");
    }
}
