package ml.refract.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    private Path folder;

    private static void write(WholeFile file, String text) throws IOException {
        file.channel().write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void takesItsPlaceOnCommitAndNotBefore() throws IOException {
        Path target = folder.resolve("a.txt");
        Files.writeString(target, "old");
        try (WholeFile file = WholeFile.create(target)) {
            write(file, "new");
            assertThat(target).hasContent("old");
            file.commit();
            assertThat(target).hasContent("new");
        }
        assertThat(folder.toFile().list()).containsExactly("a.txt");
    }

    @Test
    void withoutCommitEverythingStaysAsItWas() throws IOException {
        Path old = folder.resolve("a.txt");
        Files.writeString(old, "old");
        for (Path target : new Path[] {old, folder.resolve("b.txt")}) {
            try (WholeFile file = WholeFile.create(target)) {
                write(file, "half");
            }
        }
        assertThat(folder.toFile().list()).containsExactly("a.txt");
        assertThat(old).hasContent("old");
    }

    @Test
    void whatALinkPointsToIsReplacedAndNotTheLink() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("a.txt");
        Files.writeString(real, "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        try (WholeFile file = WholeFile.create(link)) {
            write(file, "new");
            file.commit();
        }
        assertThat(link).isSymbolicLink();
        assertThat(real).hasContent("new");
    }

    @Test
    void pipesAreWrittenToAndNotReplaced() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<String> reader = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException e) {
                return e.toString();
            }
        });
        try (WholeFile file = WholeFile.create(pipe)) {
            write(file, "through");
            file.commit();
        }
        assertThat(reader.get(30, TimeUnit.SECONDS)).isEqualTo("through");
        assertThat(folder.toFile().list()).containsExactly("pipe");
    }

    @Test
    void missingFoldersAndDirectoriesAreRefused() {
        assertThatThrownBy(() -> WholeFile.create(folder.resolve("no/a.txt")))
                .isInstanceOfSatisfying(
                        NoSuchFileException.class,
                        e -> assertThat(WholeFile.reason(e)).isEqualTo("the folder does not exist"));
        assertThatThrownBy(() -> WholeFile.create(folder)).isInstanceOf(IOException.class);
    }
}
