package ml.refract.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import ml.refract.linalg.DoubleMatrix;

/** A matrix as a PNG image (ISO/IEC 15948), one pixel an entry. The JDK's own writer needs its desktop module. */
final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int[] ABOVE = {0, 68, 136};
    private static final int[] BELOW = {165, 0, 38};
    private static final int[] NOT_FINITE = {160, 160, 160};

    private Png() {}

    /** White at 0, blue at {@code most}, red at {@code -most}, grey where not finite. */
    static byte[] of(DoubleMatrix values, double most) {
        byte[] pixels = new byte[values.rows() * (1 + 3 * values.cols())];
        int at = 0;
        for (int i = 0; i < values.rows(); i++) {
            pixels[at++] = 0; // no filter
            for (int j = 0; j < values.cols(); j++) {
                double value = values.get(i, j);
                int[] colour = !Double.isFinite(value) ? NOT_FINITE : value >= 0 ? ABOVE : BELOW;
                double share = !Double.isFinite(value) ? 1 : most == 0 ? 0 : Math.abs(value) / most;
                for (int c = 0; c < 3; c++) {
                    pixels[at++] = (byte) Math.round(255 + share * (colour[c] - 255));
                }
            }
        }
        ByteBuffer header = ByteBuffer.allocate(13).putInt(values.cols()).putInt(values.rows());
        header.put(new byte[] {8, 2, 0, 0, 0}); // 8 bits, red green blue
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        image.writeBytes(SIGNATURE);
        chunk(image, "IHDR", header.array());
        chunk(image, "IDAT", deflated(pixels));
        chunk(image, "IEND", new byte[0]);
        return image.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream image, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 checksum = new CRC32();
        checksum.update(name);
        checksum.update(data);
        image.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        image.writeBytes(name);
        image.writeBytes(data);
        image.writeBytes(
                ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }

    private static byte[] deflated(byte[] data) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream stream = new DeflaterOutputStream(packed)) {
            stream.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a byte array takes everything
        }
        return packed.toByteArray();
    }
}
