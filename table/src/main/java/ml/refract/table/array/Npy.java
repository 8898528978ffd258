package ml.refract.table.array;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ml.refract.linalg.DoubleMatrix;
import ml.refract.linalg.Matrix;
import ml.refract.linalg.Rows;
import ml.refract.model.NumberType;
import ml.refract.model.internal.WholeFile;
import ml.refract.table.DataException;

/**
 * NumPy's format of one array (NEP 1): a magic text, a version, the length of a header, the header, which is a Python
 * dictionary of type, order and shape, and the numbers. Versions 1, 2 and 3 are read; floats of 2, 4 and 8 bytes, integers up to
 * 8 bytes and booleans, in either byte order and in C or Fortran order. Sizes are checked before anything is allocated, and
 * nothing in a file is ever run.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MOST_HEADER_BYTES = 1 << 20;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int ALIGNMENT = 64;
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z])(\\d*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");

    private Npy() {}

    /**
     * An array of one or two axes.
     *
     * @param axes 1 or 2
     * @param rows its numbers; of one axis as a single column
     */
    record Array(int axes, Rows rows) {}

    /** What a header says. */
    private record Header(NumberType type, ByteOrder order, boolean fortran, int[] shape, long dataStart) {}

    /** Whether bytes are the start of a file of this format. */
    static boolean isNpy(byte[] start) {
        return start.length >= MAGIC.length && Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * Reads an array of one or two axes: a {@link Matrix} when floats hold its numbers exactly, else a {@link DoubleMatrix}.
     *
     * @throws DataException when the file is damaged or holds something else
     */
    static Array read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Header header = header(file, channel);
            int rows = header.shape()[0];
            int cols = header.shape().length == 1 ? 1 : header.shape()[1];
            long length = (long) rows * cols;
            requireSize(file, channel.size() - header.dataStart(), length, header.type());
            if (length > Integer.MAX_VALUE - 8) {
                throw new DataException(
                        file.toString(),
                        "the array has " + length + " numbers",
                        "save fewer rows or columns in a file");
            }
            channel.position(header.dataStart());
            return new Array(header.shape().length, numbers(file, channel, header, rows, cols));
        }
    }

    private static void requireSize(Path file, long available, long length, NumberType type) {
        long wanted = length * type.width();
        if (available < wanted) {
            throw new DataException(
                    file.toString(),
                    "the file ends after " + available + " of " + wanted + " bytes of numbers",
                    "save or copy it again");
        }
        if (available > wanted) {
            throw new DataException(
                    file.toString(),
                    "the file has " + (available - wanted) + " bytes behind its array",
                    "save each array in a file of its own");
        }
    }

    private static Header header(Path file, FileChannel channel) throws IOException {
        ByteBuffer start = read(file, channel, MAGIC.length + 2);
        if (!isNpy(start.array())) {
            throw new DataException(file.toString(), "this is no .npy file", "save the array with numpy.save");
        }
        int version = start.get(MAGIC.length);
        if (version < 1 || version > 3) {
            throw new DataException(
                    file.toString(), "the format has version " + version + ", wanted 1, 2 or 3", "save it again");
        }
        int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
        ByteBuffer sized = read(file, channel, lengthBytes);
        int length = version == 1 ? Short.toUnsignedInt(sized.getShort()) : sized.getInt();
        if (length < 0 || length > MOST_HEADER_BYTES) {
            throw new DataException(
                    file.toString(),
                    "its header says to be " + Integer.toUnsignedLong(length) + " bytes long",
                    "save it again");
        }
        String text = new String(
                read(file, channel, length).array(),
                version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        return parse(file, text, channel.position());
    }

    private static ByteBuffer read(Path file, FileChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new DataException(file.toString(), "the file ends inside its header", "save or copy it again");
            }
        }
        return buffer.flip();
    }

    private static Header parse(Path file, String text, long dataStart) {
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!order.find() || !shape.find() || !text.contains("'descr'")) {
            throw new DataException(
                    file.toString(), "its header does not name type, order and shape of an array", "save it again");
        }
        Matcher type = TYPE.matcher(text);
        Optional<NumberType> known = type.find() ? type(type.group(2) + type.group(3)) : Optional.empty();
        if (known.isEmpty()) {
            throw new DataException(
                    file.toString(),
                    "its entries are no plain numbers (" + described(text) + ")",
                    "save it as float32, with array.astype('float32')");
        }
        ByteOrder bytes = switch (type.group(1)) {
            case ">" -> ByteOrder.BIG_ENDIAN;
            case "<" -> ByteOrder.LITTLE_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
        return new Header(known.get(), bytes, order.group(1).equals("True"), shape(file, shape.group(1)), dataStart);
    }

    private static String described(String header) {
        int from = header.indexOf("'descr'");
        int to = header.indexOf("'fortran_order'");
        String text = to > from ? header.substring(from, to) : header.substring(from);
        return text.length() > 60 ? text.substring(0, 60) + "..." : text.strip().replaceAll(",$", "");
    }

    private static Optional<NumberType> type(String code) {
        return Optional.ofNullable(
                switch (code) {
                    case "f2" -> NumberType.F16;
                    case "f4" -> NumberType.F32;
                    case "f8" -> NumberType.F64;
                    case "i1" -> NumberType.I8;
                    case "i2" -> NumberType.I16;
                    case "i4" -> NumberType.I32;
                    case "i8" -> NumberType.I64;
                    case "u1" -> NumberType.U8;
                    case "u2" -> NumberType.U16;
                    case "u4" -> NumberType.U32;
                    case "b1" -> NumberType.BOOL;
                    default -> null;
                });
    }

    private static int[] shape(Path file, String text) {
        List<String> sizes = Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(size -> !size.isEmpty())
                .toList();
        try {
            int[] shape = sizes.stream().mapToInt(Integer::parseInt).toArray();
            if (shape.length == 1 || shape.length == 2) {
                return shape;
            }
        } catch (NumberFormatException e) {
            // beyond 2^31: no matrix of ours either
        }
        throw new DataException(
                file.toString(),
                "found an array of the shape (" + String.join(", ", sizes) + "), wanted two axes, rows and columns",
                "save one array of rows and columns for each layer");
    }

    private static Rows numbers(Path file, FileChannel channel, Header header, int rows, int cols) throws IOException {
        NumberType type = header.type();
        int length = rows * cols;
        float[] floats = new float[type.fitsFloat() ? length : 0];
        double[] doubles = new double[type.fitsFloat() ? 0 : length];
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(header.order());
        int perChunk = BUFFER_BYTES / type.width();
        for (int from = 0; from < length; from += perChunk) {
            int to = Math.min(length, from + perChunk);
            buffer.clear().limit((to - from) * type.width());
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new DataException(file.toString(), "the file shrank while it was read", "read it again");
                }
            }
            buffer.flip();
            for (int k = from; k < to; k++) {
                int at = header.fortran() ? k % rows * cols + k / rows : k;
                if (type.fitsFloat()) {
                    floats[at] = (float) type.read(buffer);
                } else {
                    doubles[at] = type.read(buffer);
                }
            }
        }
        return type.fitsFloat() ? Matrix.of(rows, cols, floats) : DoubleMatrix.of(rows, cols, doubles);
    }

    /**
     * Writes doubles as an array of version 1, little-endian, in C order; the file appears whole or not at all.
     *
     * @param values as many as the sizes of the shape multiply to
     * @throws IOException when it cannot be written
     */
    public static void write(Path file, List<Integer> shape, double[] values) throws IOException {
        long length = shape.stream().mapToLong(size -> size).reduce(1, Math::multiplyExact);
        if (length != values.length) {
            throw new IllegalArgumentException(
                    "An array of the shape " + shape + " has " + length + " entries, got " + values.length);
        }
        StringBuilder header = new StringBuilder("{'descr': '<f8', 'fortran_order': False, 'shape': (");
        shape.forEach(size -> header.append(size).append(shape.size() == 1 ? "," : ", "));
        header.setLength(header.length() - (shape.size() == 1 ? 0 : 2));
        header.append("), }");
        int fixed = MAGIC.length + 2 + Short.BYTES;
        while ((fixed + header.length() + 1) % ALIGNMENT != 0) {
            header.append(' ');
        }
        header.append('\n');
        try (WholeFile whole = WholeFile.create(file)) {
            ByteBuffer start = ByteBuffer.allocate(fixed + header.length()).order(ByteOrder.LITTLE_ENDIAN);
            start.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
            start.put(header.toString().getBytes(StandardCharsets.US_ASCII));
            write(whole, start.flip());
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            int perChunk = BUFFER_BYTES / Double.BYTES;
            for (int from = 0; from < values.length; from += perChunk) {
                buffer.clear();
                for (int k = from; k < Math.min(values.length, from + perChunk); k++) {
                    buffer.putDouble(values[k]);
                }
                write(whole, buffer.flip());
            }
            whole.commit();
        }
    }

    private static void write(WholeFile whole, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            whole.channel().write(buffer);
        }
    }
}
