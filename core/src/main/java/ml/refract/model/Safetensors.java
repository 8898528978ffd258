package ml.refract.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The safetensors container: an 8-byte little-endian header length, a JSON header with the type, shape and position of
 * every tensor and a map of strings, and then the raw numbers. Among the strings are checksums of the numbers and of the
 * header itself (taken with zeros in its own place), so that no damage goes unnoticed. Reading checks every size before
 * anything is allocated.
 */
final class Safetensors {
    private static final String TENSOR_CHECKSUM = "refract.tensors.sha256";
    private static final String HEADER_CHECKSUM = "refract.header.sha256";
    private static final int CHECKSUM_DIGITS = 64;
    private static final String METADATA = "__metadata__";
    private static final int MOST_HEADER_BYTES = 256 << 20;
    private static final int BUFFER_BYTES = 1 << 20;

    private Safetensors() {}

    /** Tensors by name, in file order, and the map of strings. */
    record Contents(Map<String, Tensor> tensors, Map<String, String> metadata) {}

    static void write(Contents contents, WritableByteChannel channel) throws IOException {
        JsonObject header = new JsonObject();
        JsonObject metadata = new JsonObject();
        contents.metadata().forEach(metadata::addProperty);
        metadata.addProperty(TENSOR_CHECKSUM, checksum(contents.tensors()));
        metadata.addProperty(HEADER_CHECKSUM, "0".repeat(CHECKSUM_DIGITS));
        header.add(METADATA, metadata);
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : contents.tensors().entrySet()) {
            Tensor tensor = entry.getValue();
            long end = offset + (long) tensor.length() * tensor.width();
            JsonObject description = new JsonObject();
            description.addProperty("dtype", tensor.dtype());
            JsonArray shape = new JsonArray();
            for (int size : tensor.shape()) {
                shape.add(size);
            }
            description.add("shape", shape);
            JsonArray offsets = new JsonArray();
            offsets.add(offset);
            offsets.add(end);
            description.add("data_offsets", offsets);
            header.add(entry.getKey(), description);
            offset = end;
        }
        byte[] text = withChecksum(header.toString().getBytes(StandardCharsets.UTF_8));
        ByteBuffer start = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        writeFully(channel, start.putLong(text.length).put(text).flip());
        for (Tensor tensor : contents.tensors().values()) {
            forEachChunk(tensor, chunk -> writeFully(channel, chunk));
        }
    }

    /** The header, padded with spaces so that numbers start at a multiple of 8, with its own checksum filled in. */
    private static byte[] withChecksum(byte[] header) {
        byte[] padded = Arrays.copyOf(header, (header.length + 7) / 8 * 8);
        Arrays.fill(padded, header.length, padded.length, (byte) ' ');
        byte[] digits = HexFormat.of().formatHex(sha256().digest(padded)).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, padded, checksumPosition(padded), CHECKSUM_DIGITS);
        return padded;
    }

    /** Where the digits of the header's checksum start, -1 when it has none. */
    private static int checksumPosition(byte[] header) {
        byte[] key = ('"' + HEADER_CHECKSUM + "\":\"").getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at + key.length + CHECKSUM_DIGITS <= header.length; at++) {
            if (Arrays.equals(header, at, at + key.length, key, 0, key.length)) {
                return at + key.length;
            }
        }
        return -1;
    }

    /** Whether the header is as it was written; one without a checksum is not ours to judge. */
    private static void requireIntact(byte[] header) throws Damaged {
        int at = checksumPosition(header);
        if (at < 0) {
            return;
        }
        byte[] zeroed = header.clone();
        Arrays.fill(zeroed, at, at + CHECKSUM_DIGITS, (byte) '0');
        String found = new String(header, at, CHECKSUM_DIGITS, StandardCharsets.ISO_8859_1);
        if (!found.equals(HexFormat.of().formatHex(sha256().digest(zeroed)))) {
            throw new Damaged("its header does not match its checksum");
        }
    }

    /** Whether a container that was read names the checksums it was checked against. */
    static boolean hasChecksums(Contents contents) {
        return contents.metadata().containsKey(TENSOR_CHECKSUM)
                && contents.metadata().containsKey(HEADER_CHECKSUM);
    }

    private static String checksum(Map<String, Tensor> tensors) throws IOException {
        MessageDigest digest = sha256();
        for (Tensor tensor : tensors.values()) {
            forEachChunk(tensor, digest::update);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private interface ChunkAction {
        void accept(ByteBuffer chunk) throws IOException;
    }

    private static void forEachChunk(Tensor tensor, ChunkAction action) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int perChunk = BUFFER_BYTES / tensor.width();
        for (int from = 0; from < tensor.length(); from += perChunk) {
            buffer.clear();
            tensor.put(buffer, from, Math.min(tensor.length(), from + perChunk));
            action.accept(buffer.flip());
        }
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * Reads a container.
     *
     * @throws Damaged when the bytes do not form one, or fail their checksum
     */
    static Contents read(FileChannel channel) throws IOException, Damaged {
        long size = channel.size();
        long headerBytes = headerLength(channel, size);
        JsonObject header = header(channel, (int) headerBytes);
        Map<String, String> metadata = metadata(header);
        List<Slot> slots = slots(header, size - 8 - headerBytes);
        MessageDigest digest = sha256();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Slot slot : slots) {
            if (Tensor.width(slot.dtype()) == 0) {
                throw new Damaged("tensor '" + slot.name() + "' has the unknown type '" + slot.dtype() + "'");
            }
            tensors.put(slot.name(), readTensor(channel, slot, digest));
        }
        String expected = metadata.get(TENSOR_CHECKSUM);
        if (expected != null && !expected.equals(HexFormat.of().formatHex(digest.digest()))) {
            throw new Damaged("its numbers do not match their checksum");
        }
        return new Contents(tensors, metadata);
    }

    /**
     * Reads the map of strings alone.
     *
     * @throws Damaged when the bytes do not begin like a container
     */
    static Map<String, String> readMetadata(FileChannel channel) throws IOException, Damaged {
        return metadata(header(channel, (int) headerLength(channel, channel.size())));
    }

    private static long headerLength(FileChannel channel, long size) throws IOException, Damaged {
        if (size < 8) {
            throw new Damaged("it has only " + size + " bytes");
        }
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, length);
        long headerBytes = length.flip().getLong();
        if (headerBytes < 2 || headerBytes > MOST_HEADER_BYTES) {
            throw new Damaged("it does not start with the length of a header");
        }
        if (headerBytes > size - 8) {
            throw new Damaged("its header of " + headerBytes + " bytes does not fit into " + size + " bytes");
        }
        return headerBytes;
    }

    private static JsonObject header(FileChannel channel, int bytes) throws IOException, Damaged {
        ByteBuffer text = ByteBuffer.allocate(bytes);
        readFully(channel, text);
        requireIntact(text.array());
        try {
            JsonElement parsed = JsonParser.parseString(
                    StandardCharsets.UTF_8.newDecoder().decode(text.flip()).toString());
            if (parsed.isJsonObject()) {
                return parsed.getAsJsonObject();
            }
        } catch (CharacterCodingException | JsonParseException | IllegalStateException | StackOverflowError e) {
            throw new Damaged("its header is not valid JSON");
        }
        throw new Damaged("its header is not a JSON object");
    }

    private static Map<String, String> metadata(JsonObject header) throws Damaged {
        Map<String, String> result = new LinkedHashMap<>();
        JsonElement element = header.get(METADATA);
        if (element == null || !element.isJsonObject()) {
            throw new Damaged("its header has no metadata");
        }
        for (Map.Entry<String, JsonElement> entry : element.getAsJsonObject().entrySet()) {
            if (!entry.getValue().isJsonPrimitive()) {
                throw new Damaged("its metadata entry '" + entry.getKey() + "' is not text");
            }
            result.put(entry.getKey(), entry.getValue().getAsString());
        }
        return result;
    }

    /** Where the numbers of a tensor stand, from the first byte behind the header. */
    record Slot(String name, String dtype, int[] shape, int length, long from, long to) {}

    /** The tensors of a container in file order, and the byte of the file at which their numbers start. */
    record Index(List<Slot> slots, long start) {}

    /**
     * Reads what a container says of its tensors; it need not have a map of strings, and types may be unknown.
     *
     * @throws Damaged when the bytes do not form one
     */
    static Index readIndex(FileChannel channel) throws IOException, Damaged {
        long headerBytes = headerLength(channel, channel.size());
        JsonObject header = header(channel, (int) headerBytes);
        return new Index(slots(header, channel.size() - 8 - headerBytes), 8 + headerBytes);
    }

    private static List<Slot> slots(JsonObject header, long available) throws Damaged {
        List<Slot> slots = new ArrayList<>();
        for (Map.Entry<String, JsonElement> entry : header.entrySet()) {
            if (!entry.getKey().equals(METADATA)) {
                slots.add(slot(entry.getKey(), entry.getValue()));
            }
        }
        slots.sort(Comparator.comparingLong(Slot::from).thenComparingLong(Slot::to));
        long at = 0;
        for (Slot slot : slots) {
            if (slot.from() != at) {
                throw new Damaged("tensor '" + slot.name() + "' starts at byte " + slot.from() + " instead of " + at);
            }
            at = slot.to();
        }
        if (at > available) {
            throw new Damaged("it ends after " + available + " of " + at + " bytes of numbers");
        }
        if (at < available) {
            throw new Damaged("it has " + (available - at) + " bytes after its last tensor");
        }
        return slots;
    }

    private static Slot slot(String name, JsonElement element) throws Damaged {
        try {
            JsonObject description = element.getAsJsonObject();
            String dtype = description.get("dtype").getAsString();
            JsonArray sizes = description.getAsJsonArray("shape");
            int[] shape = new int[sizes.size()];
            long length = 1;
            for (int k = 0; k < shape.length; k++) {
                shape[k] = sizes.get(k).getAsInt();
                if (shape[k] < 0) {
                    throw new Damaged("tensor '" + name + "' has a negative size");
                }
                length = Math.multiplyExact(length, shape[k]);
            }
            JsonArray offsets = description.getAsJsonArray("data_offsets");
            long from = offsets.get(0).getAsLong();
            long to = offsets.get(1).getAsLong();
            Optional<NumberType> type = NumberType.of(dtype);
            boolean filled = type.isEmpty() || to - from == length * type.get().width();
            if (from < 0 || to < from || length > Integer.MAX_VALUE - 8 || !filled) {
                throw new Damaged("tensor '" + name + "' does not fill the bytes " + from + " to " + to);
            }
            return new Slot(name, dtype, shape, (int) length, from, to);
        } catch (RuntimeException e) {
            throw new Damaged("its description of tensor '" + name + "' is not valid");
        }
    }

    private static Tensor readTensor(FileChannel channel, Slot slot, MessageDigest digest) throws IOException {
        Tensor tensor = Tensor.allocate(slot.dtype(), slot.shape(), slot.length());
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int perChunk = BUFFER_BYTES / tensor.width();
        for (int from = 0; from < tensor.length(); from += perChunk) {
            int to = Math.min(tensor.length(), from + perChunk);
            buffer.clear().limit((to - from) * tensor.width());
            readFully(channel, buffer);
            digest.update(buffer.flip());
            tensor.get(buffer.rewind(), from, to);
        }
        return tensor;
    }

    static void readFully(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the file ended while it was read");
            }
        }
    }

    /** The bytes are not what they should be; the message completes "is damaged: ...". */
    static final class Damaged extends Exception {
        private static final long serialVersionUID = 1;

        Damaged(String message) {
            super(message);
        }
    }
}
