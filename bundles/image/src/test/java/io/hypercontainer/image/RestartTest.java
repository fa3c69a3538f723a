// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.image.spec.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the next start makes of what the last one left. */
class RestartTest {
    @TempDir Path folder;
    private final SampleImage sample = SampleImage.of(Compression.GZIP, "one", "two");

    private Image loaded() throws IOException {
        try (Store store = new Store(folder)) {
            store.images.load(archive(SampleImage.of(Compression.NONE, "other"), "b"), e -> {});
            return store.images
                    .load(archive(sample, "a", "registry.example/a:2"), e -> {})
                    .getFirst();
        }
    }

    private static ByteArrayInputStream archive(SampleImage image, String... tags) {
        return new ByteArrayInputStream(image.dockerArchive(tags).build());
    }

    private Path only(String directory, String content) throws IOException {
        try (var all = Files.list(folder.resolve("images").resolve(directory))) {
            for (Path path : all.toList()) {
                if (Files.readString(path).contains(content)) {
                    return path;
                }
            }
        }
        throw new AssertionError("no " + content + " in " + directory);
    }

    @Test
    void findsEverythingAgain() throws IOException {
        Image image = loaded();
        try (Store store = new Store(folder)) {
            assertThat(store.images.get("a")).isEqualTo(image);
            assertThat(store.images.list()).hasSize(2).contains(image);
            store.images.provide(image, store.storage);
            assertThat(store.storage.imported).isEmpty();
        }
    }

    @Test
    void removesWhatUnfinishedWorkLeft() throws IOException {
        loaded();
        Path images = folder.resolve("images");
        Files.writeString(images.resolve("tmp/123"), "half a blob");
        Path orphan = images.resolve("blobs/sha256/" + Digest.of(new byte[3]).hex());
        Files.write(orphan, new byte[3]);
        try (Store store = new Store(folder)) {
            assertThat(store.files("tmp")).isEmpty();
            assertThat(orphan).doesNotExist();
            assertThat(store.images.list()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"version\":1}", "{\"version\":2}", "[[[[", "null"})
    void setsADamagedImageRecordAsideAndGoesOn(String content) throws IOException {
        Image image = loaded();
        Files.writeString(only("records", image.id()), content);
        try (Store store = new Store(folder)) {
            assertThatThrownBy(() -> store.images.get("a")).isInstanceOf(NotFound.class);
            assertThat(store.images.get("b").references()).containsExactly("b:latest");
            assertThat(store.files("damaged")).hasSize(1);

            store.images.load(archive(sample, "a"), e -> {});
            assertThat(store.images.get("a").id()).isEqualTo(image.id());
            assertThat(store.images.get("registry.example/a:2").id()).isEqualTo(image.id());
        }
    }

    @Test
    void setsADamagedReferenceAsideAndGoesOn() throws IOException {
        Image image = loaded();
        Files.writeString(only("references", "registry.example/a:2"), "\u0000\u0000");
        try (Store store = new Store(folder)) {
            assertThat(store.images.get("a").references()).containsExactly("a:latest");
            assertThat(store.images.get(image.id()).references()).containsExactly("a:latest");
            assertThat(store.files("damaged")).hasSize(1);
        }
    }

    @Test
    void setsAnImageWithADamagedConfigurationAside() throws IOException {
        Image image = loaded();
        Path config = folder.resolve("images/blobs/sha256").resolve(image.id().substring(7));
        Files.writeString(config, "{}");
        try (Store store = new Store(folder)) {
            assertThat(store.images.list()).hasSize(1);
            assertThat(store.files("damaged")).hasSize(2);
        }
    }

    @Test
    void finishesARemovalThatWasCutOff() throws IOException {
        Image image = loaded();
        // The record goes first; here the power went right after it.
        Path images = folder.resolve("images");
        Files.writeString(
                Files.createDirectories(images.resolve("unsettled")).resolve("1.json"),
                "{\"version\":1,\"layers\":[\"%s\",\"%s\"]}"
                        .formatted(image.layers().get(0), image.layers().get(1)));
        Files.delete(only("records", image.id()));
        try (Store store = new Store(folder)) {
            assertThat(store.images.list()).hasSize(1);
            assertThat(store.files("references")).hasSize(1);
            assertThat(store.files("blobs")).hasSize(3);
            assertThat(store.storage.layers()).hasSize(1);
            assertThat(store.files("unsettled")).isEmpty();
        }
    }

    @Test
    void undoesAPullThatWasCutOff() throws IOException {
        Image image = loaded();
        Path images = folder.resolve("images");
        String layer = Digest.of(new byte[1]).toString();
        Files.writeString(folder.resolve("folder").resolve(layer.replace(':', '-')), "x");
        Files.writeString(
                images.resolve("unsettled/1.json"),
                "{\"version\":1,\"layers\":[\"%s\",\"%s\"]}"
                        .formatted(image.layers().getFirst(), layer));
        try (Store store = new Store(folder)) {
            assertThat(store.storage.layers()).hasSize(3).doesNotContain(layer);
            assertThat(store.files("unsettled")).isEmpty();
            assertThat(store.images.list()).hasSize(2);
        }
    }

    @Test
    void keepsBlobsUnderTheirDigestsAsAnOciLayoutDoes() throws IOException {
        loaded();
        assertThat(folder.resolve("images/oci-layout"))
                .hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
        for (Path blob : List.copyOf(list(folder.resolve("images/blobs/sha256")))) {
            assertThat(Digest.of(Files.readAllBytes(blob)).hex())
                    .isEqualTo(blob.getFileName().toString());
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (var all = Files.list(directory)) {
            return all.toList();
        }
    }
}
