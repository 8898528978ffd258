package ml.refract.table.array;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;
import ml.refract.model.ModelFileException;
import ml.refract.model.TensorFile;
import ml.refract.model.internal.WholeFile;
import ml.refract.table.CsvOptions;
import ml.refract.table.DataException;
import ml.refract.table.PlainCsv;
import ml.refract.table.TableSource;

/**
 * Matrices of activations in files: NumPy's .npy, safetensors with a matrix for each layer, or CSV. The format is recognised by
 * the first bytes, whatever the name.
 */
public final class Activations {
    private static final int START_BYTES = 9;

    private Activations() {}

    /**
     * A matrix in a file.
     *
     * @param name the file, with the tensor where it holds several
     * @param rows reads it, n x d; throws a {@link DataException} when it cannot be read or a number is not finite
     */
    public record Layer(String name, Supplier<Rows> rows) {}

    /**
     * The matrices of a file, which are read when they are asked for. Of a safetensors file that is every tensor of two axes, in
     * the order they are stored.
     *
     * @param tensors names of the tensors to take instead, of a safetensors file; empty for all
     * @throws DataException when the file cannot be read, or holds no such matrix
     */
    public static List<Layer> layers(Path file, List<String> tensors, CsvOptions csv) {
        byte[] start = start(file);
        if (isSafetensors(start)) {
            return named(file, () -> tensors(file, tensors));
        }
        if (!tensors.isEmpty()) {
            throw new DataException(
                    file.toString(), "only safetensors files have tensors with names", "leave out the names");
        }
        return List.of(new Layer(file.toString(), () -> finite(file.toString(), matrix(file, start, csv))));
    }

    private static Rows matrix(Path file, byte[] start, CsvOptions csv) {
        if (!Npy.isNpy(start)) {
            refuseArchive(file, start);
            try (TableSource source = TableSource.of(file)) {
                return PlainCsv.matrix(source, csv);
            }
        }
        Npy.Array array = npy(file);
        if (array.axes() != 2) {
            throw new DataException(
                    file.toString(),
                    "found an array of the shape (" + array.rows().rows() + ",), wanted two axes, rows and columns",
                    "save one array of rows and columns for each layer");
        }
        return array.rows();
    }

    /** Numbers of a NumPy file of one axis, or of two with a single row or column. */
    static double[] numbers(Path file) {
        Rows rows = finite(file.toString(), npy(file).rows());
        if (rows.cols() != 1 && rows.rows() != 1) {
            throw new DataException(
                    file.toString(),
                    "found " + rows.rows() + " x " + rows.cols() + " numbers, wanted one for each row",
                    "save an array of one axis");
        }
        double[] result = new double[rows.rows() * rows.cols()];
        for (int k = 0; k < result.length; k++) {
            result[k] = rows.cols() == 1 ? rows.get(k, 0) : rows.get(0, k);
        }
        return result;
    }

    private static Npy.Array npy(Path file) {
        try {
            return Npy.read(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static List<Layer> tensors(Path file, List<String> wanted) {
        List<TensorFile.Description> matrices = TensorFile.describe(file).stream()
                .filter(TensorFile.Description::isMatrix)
                .toList();
        List<String> names = matrices.stream().map(TensorFile.Description::name).toList();
        List<String> taken = wanted.isEmpty() ? names : wanted;
        List<String> missing =
                taken.stream().filter(name -> !names.contains(name)).toList();
        if (!missing.isEmpty() || taken.isEmpty()) {
            String found = missing.isEmpty()
                    ? "there is no tensor of two axes"
                    : "there is no tensor '" + missing.get(0) + "' of two axes";
            throw new DataException(
                    file.toString(),
                    found,
                    names.isEmpty() ? "save a matrix of rows and columns for each layer" : "there are " + some(names));
        }
        List<Layer> layers = new ArrayList<>();
        for (String name : taken) {
            String label = names.size() == 1 ? file.toString() : file + ", tensor " + name;
            layers.add(new Layer(label, () -> finite(label, named(file, () -> TensorFile.read(file, name)))));
        }
        return List.copyOf(layers);
    }

    private static String some(List<String> names) {
        int shown = Math.min(10, names.size());
        String more = shown < names.size() ? " and " + (names.size() - shown) + " more" : "";
        return names.subList(0, shown).stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ")) + more;
    }

    /** Faults of the container are faults of the data here. */
    private static <T> T named(Path file, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (ModelFileException e) {
            throw new DataException(file.toString(), String.valueOf(e.getMessage()), "save or copy the file again");
        }
    }

    static byte[] start(Path file) {
        if (Files.isDirectory(file)) {
            throw new DataException(file.toString(), "this is a directory", "name a file in it");
        }
        if (!Files.exists(file)) {
            String from = file.isAbsolute()
                    ? ""
                    : " (it was looked for in " + Path.of("").toAbsolutePath() + ")";
            throw new DataException(file.toString(), "there is no such file", "check the path" + from);
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(START_BYTES);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** A header of JSON behind its length, which is less than 2^24. */
    static boolean isSafetensors(byte[] start) {
        return start.length == START_BYTES
                && start[START_BYTES - 1] == '{'
                && start[3] == 0
                && start[4] == 0
                && start[5] == 0
                && start[6] == 0
                && start[7] == 0;
    }

    static void refuseArchive(Path file, byte[] start) {
        if (start.length > 3 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4) {
            throw new DataException(
                    file.toString(),
                    "this is a zip archive, such as an .npz file",
                    "save single arrays with numpy.save");
        }
    }

    private static DataException unreadable(Path file, IOException e) {
        return new DataException(file.toString(), "reading failed (" + WholeFile.reason(e) + ")", "check the file");
    }

    /** Refuses numbers that are not finite, naming the rows. */
    private static Rows finite(String name, Rows rows) {
        int cols = rows.cols();
        int length = rows.rows() * cols;
        int[] first = new int[10];
        int found = 0;
        int firstAt = -1;
        int last = -1;
        for (int k = 0; k < length; k++) {
            double value = rows instanceof Matrix floats ? floats.values()[k] : ((DoubleMatrix) rows).values()[k];
            if (!Double.isFinite(value) && k / cols != last) {
                last = k / cols;
                firstAt = found == 0 ? k : firstAt;
                if (found < first.length) {
                    first[found] = last;
                }
                found++;
            }
        }
        if (found > 0) {
            String listed = Arrays.stream(first, 0, Math.min(found, first.length))
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(", "));
            String more = found > first.length ? " and " + (found - first.length) + " more" : "";
            throw new DataException(
                    name,
                    "row " + firstAt / cols + ", column " + firstAt % cols + " is "
                            + rows.get(firstAt / cols, firstAt % cols) + "; rows with numbers that are not finite: "
                            + listed + more + " (counted from 0)",
                    "leave these rows out, here and among the labels");
        }
        if (rows.rows() == 0 || cols == 0) {
            throw new DataException(
                    name, "found " + rows.rows() + " rows of " + cols + " columns", "save some activations");
        }
        return rows;
    }
}
