package ml.refract.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import ml.refract.model.ModelFile;
import ml.refract.model.internal.WholeFile;
import org.jspecify.annotations.Nullable;

/** Files that commands write. */
final class Outputs {
    /** Means standard output where a file is asked for. */
    static final String STANDARD_OUTPUT = "-";

    private Outputs() {}

    /** The file of an option, or nothing for standard output. */
    static @Nullable Path file(@Nullable Path given) {
        return given == null || given.toString().equals(STANDARD_OUTPUT) ? null : given;
    }

    /** Refuses a file that could not be written later, before long work begins. */
    static void requireWritable(Path file) {
        if (file.toString().equals(STANDARD_OUTPUT)) {
            throw new OutputException("- is standard output, which is for words here. Name a file");
        }
        if (Files.isDirectory(file)) {
            throw new OutputException(file + " is a directory. Name a file in it");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return; // a pipe must not be opened only to look
        }
        try (WholeFile probe = WholeFile.create(file)) {
            // That it could be opened is all there is to know.
        } catch (IOException e) {
            throw new OutputException(file.toString(), e);
        }
    }

    /** As {@link #requireWritable}; besides, a file that is there must be a model, so that no mistyped name destroys data. */
    static void requireWritableModel(Path file) {
        requireWritable(file);
        if (Files.isRegularFile(file) && !ModelFile.isModel(file)) {
            throw new OutputException(
                    file + " exists and is no Refract model. Name another file with --model, or remove it");
        }
    }

    /** Writes a JSON object to a file, whole or not at all, or to standard output. */
    static void writeJson(String file, JsonObject json, Console console) {
        String text = new GsonBuilder()
                        .setPrettyPrinting()
                        .serializeNulls()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(json)
                + "\n";
        if (file.equals(STANDARD_OUTPUT)) {
            console.out().print(text);
            return;
        }
        toFile(Path.of(file), writer -> writer.append(text));
    }

    /**
     * Writes text to a file, whole or not at all, or to standard output.
     *
     * @param file nothing for standard output
     */
    static <T> T write(@Nullable Path file, Console console, Content<T> content) {
        return file == null ? toStandardOutput(console, content) : toFile(file, content);
    }

    private static <T> T toFile(Path file, Content<T> content) {
        try (WholeFile whole = WholeFile.create(file);
                Writer writer =
                        new OutputStreamWriter(Channels.newOutputStream(whole.channel()), StandardCharsets.UTF_8)) {
            T result = content.writeTo(writer);
            writer.flush();
            whole.commit();
            return result;
        } catch (IOException e) {
            throw new OutputException(file.toString(), e);
        }
    }

    private static <T> T toStandardOutput(Console console, Content<T> content) {
        try {
            Writer writer = new OutputStreamWriter(console.out(), StandardCharsets.UTF_8);
            T result = content.writeTo(writer);
            writer.flush();
            if (console.out().checkError()) {
                throw new IOException("the reader of the pipe went away");
            }
            return result;
        } catch (IOException e) {
            throw new OutputException("standard output", e);
        }
    }

    /**
     * Text.
     *
     * @param <T> what is known when it has been written
     */
    @FunctionalInterface
    interface Content<T> {
        T writeTo(Writer writer) throws IOException;
    }
}
