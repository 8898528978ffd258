package ml.refract.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Ways numbers are stored in array files. */
public enum NumberType {
    F64("F64", 8, false),
    F32("F32", 4, true),
    /** IEEE 754 half precision. */
    F16("F16", 2, true),
    /** The upper half of a float. */
    BF16("BF16", 2, true),
    I64("I64", 8, false),
    I32("I32", 4, false),
    I16("I16", 2, true),
    I8("I8", 1, true),
    U32("U32", 4, false),
    U16("U16", 2, true),
    U8("U8", 1, true),
    /** A byte, 0 for false. */
    BOOL("BOOL", 1, true);

    private final String id;
    private final int width;
    private final boolean fitsFloat;

    NumberType(String id, int width, boolean fitsFloat) {
        this.id = id;
        this.width = width;
        this.fitsFloat = fitsFloat;
    }

    /** The type that safetensors files call so. */
    static Optional<NumberType> of(String id) {
        return Arrays.stream(values()).filter(type -> type.id.equals(id)).findFirst();
    }

    /** Bytes a number takes. */
    public int width() {
        return width;
    }

    /** Whether a float holds every number of this type exactly. */
    public boolean fitsFloat() {
        return fitsFloat;
    }

    /** The next number of a buffer, in the buffer's byte order; integers beyond 2^53 are rounded. */
    public double read(ByteBuffer buffer) {
        return switch (this) {
            case F64 -> buffer.getDouble();
            case F32 -> buffer.getFloat();
            case F16 -> half(buffer.getShort());
            case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
            case I64 -> buffer.getLong();
            case I32 -> buffer.getInt();
            case I16 -> buffer.getShort();
            case I8 -> buffer.get();
            case U32 -> Integer.toUnsignedLong(buffer.getInt());
            case U16 -> Short.toUnsignedInt(buffer.getShort());
            case U8 -> Byte.toUnsignedInt(buffer.get());
            case BOOL -> buffer.get() == 0 ? 0 : 1;
        };
    }

    /** One sign bit, five of the exponent (bias 15), ten of the fraction. */
    private static double half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude = switch (exponent) {
            case 0 -> Math.scalb((double) fraction, -24);
            case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb(1.0 + fraction / 1024.0, exponent - 15);
        };
        return bits < 0 ? -magnitude : magnitude;
    }
}
