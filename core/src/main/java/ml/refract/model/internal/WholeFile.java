package ml.refract.model.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that takes its place only when all of it is written: bytes go to a temporary file beside it, which
 * {@link #commit} moves there. Closed without a commit, or at the end of the JVM, the temporary file is deleted and what
 * stood in its place stays. What is no regular file (a device, a pipe) is written to directly. Not thread-safe.
 */
public final class WholeFile implements Closeable {
    private final Path target;
    private final @Nullable Path temporary;
    private final FileChannel channel;

    private WholeFile(Path target, @Nullable Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /**
     * Starts a file. A symbolic link is followed.
     *
     * @throws IOException when it cannot be written there; {@link #reason} says why
     */
    public static WholeFile create(Path file) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            return new WholeFile(target, null, FileChannel.open(target, StandardOpenOption.WRITE));
        }
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw new AccessDeniedException(target.toString());
        }
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        temporary.toFile().deleteOnExit(); // an interrupted JVM leaves nothing behind
        return new WholeFile(target, temporary, channel);
    }

    /** Where the bytes go. */
    public FileChannel channel() {
        return channel;
    }

    /** Puts what was written in its place; nothing can be written afterwards. */
    public void commit() throws IOException {
        if (temporary == null) {
            channel.close();
            return;
        }
        channel.force(true);
        channel.close();
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (temporary != null) {
            Files.deleteIfExists(temporary);
        }
    }

    /** Why a file could not be read or written, as the end of a sentence. */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
            return "the folder does not exist";
        }
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        return String.valueOf(e.getMessage());
    }
}
