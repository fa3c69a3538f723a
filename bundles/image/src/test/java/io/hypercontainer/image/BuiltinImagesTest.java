// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives beside the daemon, among them the one that {@code images/busybox} makes. */
class BuiltinImagesTest {
    @TempDir Path folder;
    private Path archives;

    @BeforeEach
    void makeFolder() throws IOException {
        archives = Files.createDirectories(folder.resolve("home/images"));
    }

    private static void makeBusybox(Path archive) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of("../../images/busybox").toAbsolutePath().toString(),
                                archive.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void loadsBusyboxBeforeAnybodyMissesIt() throws Exception {
        makeBusybox(archives.resolve("busybox.tar"));
        try (Store store = new Store(folder)) {
            Image image = store.images.get("busybox");
            assertThat(image.references()).containsExactly("busybox:latest");
            assertThat(image.config().command()).containsExactly("sh");
            assertThat(image.config().env())
                    .containsExactly(
                            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
            assertThat(store.storage.files(image.layers().getFirst()))
                    .contains("./bin/busybox", "./bin/sh", "./etc/passwd", "./tmp/");
        }
    }

    @Test
    void makesTheSameBusyboxEachTime() throws Exception {
        makeBusybox(archives.resolve("1.tar"));
        makeBusybox(archives.resolve("2.tar"));
        assertThat(archives.resolve("1.tar")).hasSameBinaryContentAs(archives.resolve("2.tar"));
    }

    @Test
    void leavesARemovedImageAwayUntilAnotherArchiveComes() throws IOException {
        Path archive = archives.resolve("a.tar");
        Files.write(archive, SampleImage.of(Compression.NONE, "one").dockerArchive("a").build());
        try (Store store = new Store(folder)) {
            store.images.get("a");
            store.images.remove("a", false);
        }
        try (Store store = new Store(folder)) {
            assertThatThrownBy(() -> store.images.get("a")).isInstanceOf(NotFound.class);
        }
        Files.write(archive, SampleImage.of(Compression.NONE, "two").dockerArchive("a").build());
        try (Store store = new Store(folder)) {
            assertThat(store.images.get("a").references()).containsExactly("a:latest");
        }
    }

    @Test
    void seesAnotherArchiveOfTheSameSizeAndTime() throws IOException {
        Path archive = archives.resolve("a.tar");
        var built = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        byte[] first = SampleImage.of(Compression.NONE, "one").dockerArchive("a").build();
        byte[] second = SampleImage.of(Compression.NONE, "two").dockerArchive("b").build();
        assertThat(second).hasSameSizeAs(first);
        Files.write(archive, first);
        Files.setLastModifiedTime(archive, built);
        try (Store store = new Store(folder)) {
            store.images.get("a");
        }
        Files.write(archive, second);
        Files.setLastModifiedTime(archive, built);
        try (Store store = new Store(folder)) {
            assertThat(store.images.get("b").references()).containsExactly("b:latest");
        }
    }

    @Test
    void goesOnAfterABadArchive() throws IOException {
        Files.writeString(archives.resolve("a.tar"), "no archive");
        Files.write(
                archives.resolve("b.tar"),
                SampleImage.of(Compression.GZIP, "one").dockerArchive("b").build());
        try (Store store = new Store(folder)) {
            assertThat(store.images.get("b").references()).containsExactly("b:latest");
        }
    }
}
