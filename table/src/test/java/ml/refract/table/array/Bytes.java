package ml.refract.table.array;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds files byte by byte. */
final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteOrder order;

    Bytes(ByteOrder order) {
        this.order = order;
    }

    static Bytes littleEndian() {
        return new Bytes(ByteOrder.LITTLE_ENDIAN);
    }

    /** The start of a NumPy file with this dictionary. */
    static Bytes npy(int version, String dictionary, ByteOrder order) {
        Bytes start = littleEndian().text("\u0093NUMPY").bytes(version, 0);
        String header = dictionary + "\n";
        start = version == 1 ? start.shorts(header.length()) : start.ints(header.length());
        Bytes result = new Bytes(order);
        result.out.writeBytes(start.text(header).toArray());
        return result;
    }

    static String dictionary(String type, boolean fortran, String shape) {
        return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" + shape
                + "), }";
    }

    /** The start of a safetensors file with this header. */
    static Bytes safetensors(String header) {
        return littleEndian().longs(header.length()).text(header);
    }

    Bytes text(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Bytes bytes(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    Bytes shorts(int... values) {
        for (int value : values) {
            out.writeBytes(buffer(2).putShort((short) value).array());
        }
        return this;
    }

    Bytes ints(int... values) {
        for (int value : values) {
            out.writeBytes(buffer(4).putInt(value).array());
        }
        return this;
    }

    Bytes longs(long... values) {
        for (long value : values) {
            out.writeBytes(buffer(8).putLong(value).array());
        }
        return this;
    }

    Bytes floats(double... values) {
        for (double value : values) {
            out.writeBytes(buffer(4).putFloat((float) value).array());
        }
        return this;
    }

    Bytes doubles(double... values) {
        for (double value : values) {
            out.writeBytes(buffer(8).putDouble(value).array());
        }
        return this;
    }

    private ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(order);
    }

    byte[] toArray() {
        return out.toByteArray();
    }
}
