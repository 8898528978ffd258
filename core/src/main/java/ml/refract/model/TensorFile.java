package ml.refract.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;
import ml.refract.model.internal.WholeFile;

/**
 * Safetensors files that other programs write or read: tensors by name, one at a time, so that a file may be larger than the
 * memory. Sizes are checked before anything is allocated; the bytes of numbers are not checked against any checksum.
 */
public final class TensorFile {
    private static final int BUFFER_BYTES = 1 << 20;

    private TensorFile() {}

    /**
     * What a file says of a tensor.
     *
     * @param name its name
     * @param type how its numbers are stored, as the file calls it
     * @param shape sizes along each axis
     */
    public record Description(String name, String type, List<Integer> shape) {
        /** Whether it is a matrix of numbers that can be read. */
        public boolean isMatrix() {
            return shape.size() == 2 && NumberType.of(type).isPresent();
        }
    }

    /**
     * The tensors of a file, in the order they are stored.
     *
     * @throws ModelFileException when the file is missing or no safetensors file
     */
    public static List<Description> describe(Path file) {
        return withFile(
                file,
                channel -> Safetensors.readIndex(channel).slots().stream()
                        .map(slot -> new Description(slot.name(), slot.dtype(), boxed(slot.shape())))
                        .toList());
    }

    private static List<Integer> boxed(int[] shape) {
        return java.util.Arrays.stream(shape).boxed().toList();
    }

    /**
     * Reads a tensor of two axes: a {@link Matrix} when floats hold its numbers exactly, else a {@link DoubleMatrix}.
     *
     * @throws ModelFileException when the file is missing or damaged, or has no such matrix
     */
    public static Rows read(Path file, String name) {
        return withFile(file, channel -> {
            Safetensors.Index index = Safetensors.readIndex(channel);
            Safetensors.Slot slot = index.slots().stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new ModelFileException(file + " has no tensor '" + name + "'"));
            NumberType type = NumberType.of(slot.dtype())
                    .orElseThrow(
                            () -> new ModelFileException(file + ", tensor '" + name + "': its numbers are stored as "
                                    + slot.dtype() + ", which cannot be read. Save it as F32"));
            if (slot.shape().length != 2) {
                throw new ModelFileException(file + ", tensor '" + name + "': found the shape "
                        + Tensor.describe(slot.shape()) + ", wanted a matrix of two axes, rows and columns");
            }
            channel.position(index.start() + slot.from());
            return read(channel, type, slot);
        });
    }

    private static Rows read(FileChannel channel, NumberType type, Safetensors.Slot slot) throws IOException {
        int length = slot.length();
        float[] floats = new float[type.fitsFloat() ? length : 0];
        double[] doubles = new double[type.fitsFloat() ? 0 : length];
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int perChunk = BUFFER_BYTES / type.width();
        for (int from = 0; from < length; from += perChunk) {
            int to = Math.min(length, from + perChunk);
            buffer.clear().limit((to - from) * type.width());
            Safetensors.readFully(channel, buffer);
            buffer.flip();
            for (int k = from; k < to; k++) {
                if (type.fitsFloat()) {
                    floats[k] = (float) type.read(buffer);
                } else {
                    doubles[k] = type.read(buffer);
                }
            }
        }
        int rows = slot.shape()[0];
        int cols = slot.shape()[1];
        return type.fitsFloat() ? Matrix.of(rows, cols, floats) : DoubleMatrix.of(rows, cols, doubles);
    }

    /**
     * Writes matrices of doubles under their names, in order, with a map of strings; the file appears whole or not at all.
     *
     * @throws IOException when it cannot be written
     */
    public static void write(Path file, Map<String, DoubleMatrix> matrices, Map<String, String> metadata)
            throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        matrices.forEach((name, matrix) ->
                tensors.put(name, new Tensor.Doubles(new int[] {matrix.rows(), matrix.cols()}, matrix.values())));
        try (WholeFile whole = WholeFile.create(file)) {
            Safetensors.write(new Safetensors.Contents(tensors, metadata), whole.channel());
            whole.commit();
        }
    }

    private interface Reading<T> {
        T from(FileChannel channel) throws IOException, Safetensors.Damaged;
    }

    private static <T> T withFile(Path file, Reading<T> reading) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return reading.from(channel);
        } catch (NoSuchFileException e) {
            throw new ModelFileException("There is no file " + file, e);
        } catch (Safetensors.Damaged e) {
            throw new ModelFileException(
                    file + " is no safetensors file, or is damaged: " + e.getMessage() + ". Save it or copy it again",
                    e);
        } catch (IOException e) {
            throw new ModelFileException(file + " could not be read: " + WholeFile.reason(e), e);
        }
    }
}
