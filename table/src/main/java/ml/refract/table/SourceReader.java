package ml.refract.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes bytes strictly and knows the line it stands in, so that bad bytes are reported where they are. Drops a byte
 * order mark. Every failure, also of the stream below, is a {@link DataException}.
 */
final class SourceReader extends Reader {
    private static final int CHUNK = 1 << 16;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String name;
    private final InputStream in;
    private final CharsetDecoder decoder;
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK).flip();
    private final CharBuffer chars = CharBuffer.allocate(CHUNK + 16).flip();
    private boolean bytesEnded;
    private boolean charsEnded;
    private long linesBefore;
    private char lastChar;

    SourceReader(String name, InputStream in, Charset charset) {
        this.name = name;
        this.in = in;
        this.decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        readBytes();
        refuseOtherFormats(charset);
        if (decodeChunk() && chars.get(chars.position()) == BYTE_ORDER_MARK) {
            chars.get();
        }
    }

    /** The characters decoded but not read yet; at the start that is the beginning of the file. */
    CharSequence head() {
        return chars;
    }

    @Override
    public int read(char[] target, int offset, int length) {
        if (!chars.hasRemaining() && !decodeChunk()) {
            return -1;
        }
        int count = Math.min(length, chars.remaining());
        chars.get(target, offset, count);
        return count;
    }

    private boolean decodeChunk() {
        chars.clear();
        while (chars.position() == 0 && !charsEnded) {
            CoderResult result = decoder.decode(bytes, chars, bytesEnded);
            if (result.isError()) {
                inspectDecoded();
                throw invalidBytes();
            }
            if (bytesEnded) {
                decoder.flush(chars);
                charsEnded = true;
            } else if (chars.position() == 0) {
                readBytes();
            }
        }
        inspectDecoded();
        chars.flip();
        return chars.hasRemaining();
    }

    private void readBytes() {
        bytes.compact();
        try {
            int wanted = bytes.remaining();
            int count = in.readNBytes(bytes.array(), bytes.position(), wanted);
            bytes.position(bytes.position() + count);
            bytesEnded = count < wanted;
        } catch (IOException e) {
            throw TableSource.readFailure(name, e);
        }
        bytes.flip();
    }

    /** Counts line ends (LF, CR or both together) and refuses NUL, which no text file contains. */
    private void inspectDecoded() {
        char[] decoded = chars.array();
        int end = chars.position();
        long lines = 0;
        char previous = lastChar;
        for (int i = 0; i < end; i++) {
            char c = decoded[i];
            if (c <= '\r') {
                if (c == '\r' || (c == '\n' && previous != '\r')) {
                    lines++;
                } else if (c == 0) {
                    throw new DataException(
                            Where.line(name, linesBefore + lines + 1),
                            "found a NUL byte, which text files do not contain",
                            "pass a CSV file; if this is one in UTF-16, add --encoding UTF-16");
                }
            }
            previous = c;
        }
        linesBefore += lines;
        lastChar = previous;
    }

    private DataException invalidBytes() {
        String encoding = decoder.charset().name();
        String remedy = decoder.charset().equals(StandardCharsets.UTF_8)
                ? "name the encoding of the file, often --encoding ISO-8859-1, or save it as UTF-8"
                : "name the right encoding with --encoding";
        return new DataException(
                Where.line(name, linesBefore + 1), "found bytes that are not valid " + encoding, remedy);
    }

    private void refuseOtherFormats(Charset charset) {
        if (startsWith(0x50, 0x4b, 0x03, 0x04)) {
            throw new DataException(
                    name, "this is a zip archive or an Excel workbook", "export the table as CSV and pass that");
        }
        boolean utf16 = startsWith(0xff, 0xfe) || startsWith(0xfe, 0xff);
        if (utf16 && charset.equals(StandardCharsets.UTF_8)) {
            throw new DataException(name, "this file is written in UTF-16", "add --encoding UTF-16");
        }
    }

    private boolean startsWith(int... magic) {
        if (bytes.remaining() < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if (bytes.get(bytes.position() + i) != (byte) magic[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
