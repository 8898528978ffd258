package ml.refract.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.refract.model.internal.WholeFile;

/** Files that experiments leave behind. Each appears whole or not at all, and none before all are written. */
public final class LabFiles {
    private LabFiles() {}

    /**
     * Writes ID.csv, ID.svg and ID.json of a run into a folder, which is made when it is not there.
     *
     * @return the files
     * @throws IOException when one cannot be written
     */
    public static List<Path> write(LabRun run, Path folder) throws IOException {
        String id = run.experiment().id();
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(folder.resolve(id + ".csv"), run.csv());
        files.put(folder.resolve(id + ".svg"), run.svg());
        files.put(folder.resolve(id + ".json"), run.jsonText());
        return write(files);
    }

    /**
     * Writes the page of all runs, FOLDER/lab.md, and its pictures, FOLDER/lab/ID.svg.
     *
     * @return the files
     * @throws IOException when one cannot be written
     */
    public static List<Path> writePage(List<LabRun> runs, Path folder) throws IOException {
        Map<Path, String> files = new LinkedHashMap<>();
        runs.forEach(
                run -> files.put(folder.resolve("lab").resolve(run.experiment().id() + ".svg"), run.svg()));
        files.put(folder.resolve("lab.md"), LabPage.markdown(runs));
        return write(files);
    }

    private static List<Path> write(Map<Path, String> files) throws IOException {
        List<WholeFile> started = new ArrayList<>();
        try {
            for (Map.Entry<Path, String> file : files.entrySet()) {
                Path parent = file.getKey().toAbsolutePath().getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                WholeFile whole = WholeFile.create(file.getKey());
                started.add(whole);
                writeAll(whole.channel(), file.getValue());
            }
            for (WholeFile whole : started) {
                whole.commit();
            }
        } finally {
            for (WholeFile whole : started) {
                whole.close();
            }
        }
        return List.copyOf(files.keySet());
    }

    private static void writeAll(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
