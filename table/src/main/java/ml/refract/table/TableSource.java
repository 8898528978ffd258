package ml.refract.table;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of a table come from: a file, or a stream such as standard input. Gzip is recognised by its first
 * two bytes, whatever the name, and unpacked on the way.
 *
 * <p>A file can be opened any number of times. A stream or a named pipe can be opened once, unless a reader that needs two passes
 * (type inference does) asks for it to be kept: then it is first copied, as it is, to a private temporary file, which
 * is gone after {@link #close} or the end of the program. Not safe for use by several threads.
 */
public final class TableSource implements Closeable {
    private static final int GZIP_BUFFER = 1 << 16;

    private final String name;
    private final @Nullable Path file;
    private @Nullable InputStream stream;
    private @Nullable FileChannel copy;

    private TableSource(String name, @Nullable Path file, @Nullable InputStream stream) {
        this.name = name;
        this.file = file;
        this.stream = stream;
    }

    /** A file; messages call it as the path is written. Nothing is opened yet. */
    public static TableSource of(Path file) {
        return new TableSource(file.toString(), file, null);
    }

    /** What a person typed: "-" is standard input, anything else a file. Nothing is opened yet. */
    public static TableSource of(String argument) {
        return argument.equals("-") ? of("standard input", System.in) : of(Path.of(argument));
    }

    /** A stream under the name messages should use. It stays the caller's to close. */
    public static TableSource of(String name, InputStream stream) {
        return new TableSource(name, null, stream);
    }

    /** What messages call this source. */
    public String name() {
        return name;
    }

    /** Its length in bytes as it is stored, packed or not; 0 for a stream of which nothing was kept. */
    public long bytes() {
        FileChannel kept = copy;
        try {
            if (kept != null) {
                return kept.size();
            }
            return file == null ? 0 : Files.size(file);
        } catch (IOException e) {
            throw readFailure(name, e);
        }
    }

    /**
     * Opens the source from its start; the caller closes the result.
     *
     * @throws DataException when a file is missing, a directory, or not readable, or gzip data are damaged
     * @throws IllegalStateException when a stream is opened for the second time
     */
    public InputStream open() {
        try {
            return unpacked(raw());
        } catch (IOException e) {
            throw readFailure(name, e);
        }
    }

    private InputStream raw() throws IOException {
        FileChannel kept = copy;
        if (kept != null) {
            return new Unclosed(Channels.newInputStream(kept.position(0)));
        }
        return file == null ? takeStream() : openFile(file);
    }

    private InputStream takeStream() {
        InputStream taken = stream;
        if (taken == null) {
            throw new IllegalStateException(name + " is a stream and was read already; it can be read once");
        }
        stream = null;
        return new Unclosed(taken);
    }

    private InputStream openFile(Path path) {
        if (Files.isDirectory(path)) {
            throw new DataException(name, "this is a directory", "name a file in it");
        }
        try {
            return Files.newInputStream(path);
        } catch (NoSuchFileException e) {
            String from = path.isAbsolute()
                    ? ""
                    : " (it was looked for in " + Path.of("").toAbsolutePath() + ")";
            throw new DataException(name, "there is no such file", "check the path" + from, e);
        } catch (AccessDeniedException e) {
            throw new DataException(name, "reading this file is not allowed", "check its permissions", e);
        } catch (IOException e) {
            throw readFailure(name, e);
        }
    }

    private static InputStream unpacked(InputStream raw) throws IOException {
        PushbackInputStream in = new PushbackInputStream(raw, 2);
        byte[] magic = in.readNBytes(2);
        in.unread(magic);
        boolean gzip = magic.length == 2 && magic[0] == (byte) 0x1f && magic[1] == (byte) 0x8b;
        return gzip ? new GZIPInputStream(in, GZIP_BUFFER) : in;
    }

    /**
     * SHA-256 of the unpacked bytes, as hexadecimal digits, to tell later what a model was trained on. Reads the source
     * once more.
     *
     * @throws DataException when it cannot be read
     */
    public String sha256() {
        keepForAnotherPass();
        try (InputStream in = open()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw readFailure(name, e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Makes sure that the source can be opened more than once: streams and pipes are copied, files left where they are. */
    void keepForAnotherPass() {
        if (copy != null || (file != null && !isPipe(file))) {
            return;
        }
        try (InputStream once = raw()) {
            // Where the system allows, the file loses its name as soon as it is open, so that nothing can be left
            // behind.
            Path path = Files.createTempFile("refract-", ".spool");
            FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            copy = channel;
            once.transferTo(Channels.newOutputStream(channel));
        } catch (IOException e) {
            throw new DataException(
                    name,
                    "it could not be copied to a temporary file (" + e.getMessage() + ")",
                    "free space there, choose another place with -Djava.io.tmpdir=DIR, or pass a file",
                    e);
        }
    }

    private static boolean isPipe(Path path) {
        return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
    }

    static DataException readFailure(String name, IOException e) {
        if (e instanceof EOFException) {
            return new DataException(name, "the gzip data end too early", "copy or compress the file again", e);
        }
        if (e instanceof ZipException) {
            return new DataException(
                    name, "the gzip data are damaged (" + e.getMessage() + ")", "copy or compress the file again", e);
        }
        return new DataException(name, "reading failed (" + e.getMessage() + ")", "check the disk or connection", e);
    }

    /** Deletes the temporary copy, if there is one. Files and streams of the caller are left alone. */
    @Override
    public void close() {
        FileChannel kept = copy;
        if (kept != null) {
            try {
                kept.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot delete the temporary copy of " + name, e);
            }
        }
    }

    /** Keeps the end of one reading from closing what others may still use. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }

        @Override
        public void close() {
            // Whoever made it closes it.
        }
    }
}
