package ml.refract.model;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A named array of a safetensors file: its type, shape and numbers. */
sealed interface Tensor {
    /** Type code of the format. */
    String dtype();

    /** Sizes along each axis. */
    int[] shape();

    /** Number of entries. */
    int length();

    /** Bytes per entry. */
    int width();

    /** Writes entries {@code from .. to}. */
    void put(ByteBuffer target, int from, int to);

    /** Reads entries {@code from .. to}. */
    void get(ByteBuffer source, int from, int to);

    /** 4-byte floats. */
    record Floats(int[] shape, float[] values) implements Tensor {
        @Override
        public String dtype() {
            return "F32";
        }

        @Override
        public int length() {
            return values.length;
        }

        @Override
        public int width() {
            return Float.BYTES;
        }

        @Override
        public void put(ByteBuffer target, int from, int to) {
            for (int i = from; i < to; i++) {
                target.putFloat(values[i]);
            }
        }

        @Override
        public void get(ByteBuffer source, int from, int to) {
            for (int i = from; i < to; i++) {
                values[i] = source.getFloat();
            }
        }
    }

    /** 8-byte floats. */
    record Doubles(int[] shape, double[] values) implements Tensor {
        @Override
        public String dtype() {
            return "F64";
        }

        @Override
        public int length() {
            return values.length;
        }

        @Override
        public int width() {
            return Double.BYTES;
        }

        @Override
        public void put(ByteBuffer target, int from, int to) {
            for (int i = from; i < to; i++) {
                target.putDouble(values[i]);
            }
        }

        @Override
        public void get(ByteBuffer source, int from, int to) {
            for (int i = from; i < to; i++) {
                values[i] = source.getDouble();
            }
        }
    }

    /** 4-byte integers. */
    record Ints(int[] shape, int[] values) implements Tensor {
        @Override
        public String dtype() {
            return "I32";
        }

        @Override
        public int length() {
            return values.length;
        }

        @Override
        public int width() {
            return Integer.BYTES;
        }

        @Override
        public void put(ByteBuffer target, int from, int to) {
            for (int i = from; i < to; i++) {
                target.putInt(values[i]);
            }
        }

        @Override
        public void get(ByteBuffer source, int from, int to) {
            for (int i = from; i < to; i++) {
                values[i] = source.getInt();
            }
        }
    }

    /** Room for a tensor of the given type. */
    static Tensor allocate(String dtype, int[] shape, int length) {
        return switch (dtype) {
            case "F32" -> new Floats(shape, new float[length]);
            case "F64" -> new Doubles(shape, new double[length]);
            case "I32" -> new Ints(shape, new int[length]);
            default -> throw new IllegalArgumentException("unknown type " + dtype);
        };
    }

    /** Bytes per entry of a type, 0 when unknown. */
    static int width(String dtype) {
        return switch (dtype) {
            case "F32", "I32" -> 4;
            case "F64" -> 8;
            default -> 0;
        };
    }

    /** The shape as text. */
    static String describe(int[] shape) {
        return Arrays.toString(shape);
    }
}
