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
        write(Path.of(file), writer -> writer.write(text));
    }

    /** Writes text to a file, whole or not at all. */
    static void write(Path file, Content content) {
        try (WholeFile whole = WholeFile.create(file);
                Writer writer =
                        new OutputStreamWriter(Channels.newOutputStream(whole.channel()), StandardCharsets.UTF_8)) {
            content.writeTo(writer);
            writer.flush();
            whole.commit();
        } catch (IOException e) {
            throw new OutputException(file.toString(), e);
        }
    }

    /** What goes into a file. */
    @FunctionalInterface
    interface Content {
        void writeTo(Writer writer) throws IOException;
    }
}
