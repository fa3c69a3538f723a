// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.image.spec.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files are set aside and told; what nobody needs is told, and removed when told so. */
class DamageTest {
    @TempDir Path folder;
    private final SampleImage good = SampleImage.of(Compression.NONE, "good");
    private final SampleImage bad = SampleImage.of(Compression.NONE, "bad");

    private Image load(Store store, SampleImage image, String tag) {
        byte[] archive = image.dockerArchive(tag).build();
        return store.images.load(new ByteArrayInputStream(archive), e -> {}).getFirst();
    }

    @Test
    void whatNobodyNeedsIsToldAndRemoved() throws IOException {
        try (Store store = new Store(folder)) {
            Image image = load(store, good, "good");
            assertThat(store.images.census()).isEmpty();
            Path left = Files.writeString(store.root.resolve("tmp/123"), "half a blob");
            Path blob = store.root.resolve("blobs/sha256/" + Digest.of(new byte[3]).hex());
            Files.write(blob, new byte[3]);
            String layer = Digest.of(new byte[1]).toString();
            Files.writeString(folder.resolve("folder").resolve(layer.replace(':', '-')), "x");

            assertThat(store.images.census())
                    .allMatch(Holding.Left.class::isInstance)
                    .extracting(Holding::subject)
                    .containsExactlyInAnyOrder(
                            left.toString(),
                            blob.toString(),
                            "layer " + layer + " of storage folder");
            store.images.census().forEach(store.images::dispose);

            assertThat(store.images.census()).isEmpty();
            assertThat(left).doesNotExist();
            assertThat(blob).doesNotExist();
            assertThat(store.storage.layers()).containsExactlyElementsOf(image.layers());
            assertThat(store.images.list()).containsExactly(image);
        }
    }

    @Test
    void whatIsOnItsWayIsNotCalledLeft() throws IOException {
        try (Store store = new Store(folder)) {
            byte[] archive = good.dockerArchive("good").build();
            // Half-way through the archive some of it lies in temporary files.
            var in =
                    new ByteArrayInputStream(archive) {
                        @Override
                        public synchronized int read(byte[] bytes, int offset, int length) {
                            assertThat(store.images.census()).isEmpty();
                            return super.read(bytes, offset, Math.min(length, 512));
                        }
                    };

            store.images.load(in, e -> assertThat(store.images.census()).isEmpty());

            assertThat(store.images.census()).isEmpty();
        }
    }

    @Test
    void whatADamagedRecordMayHaveNamedStays() throws IOException {
        Path record;
        byte[] content;
        try (Store store = new Store(folder)) {
            load(store, good, "good");
            Image image = load(store, bad, "bad");
            record = store.root.resolve("records/" + image.id().substring(7) + ".json");
            content = Files.readAllBytes(record);
        }
        Files.write(record, new byte[0]);
        for (int start = 0; start < 2; start++) {
            try (Store store = new Store(folder)) {
                assertThat(store.images.list()).hasSize(1);
                assertThat(store.images.census())
                        .singleElement()
                        .isInstanceOf(Holding.Wrong.class)
                        .hasFieldOrPropertyWithValue("kind", "record");
            }
        }

        // Somebody repairs it: all that it names is there.
        Files.write(record, content);
        for (Path aside : list("damaged")) {
            Files.delete(aside);
        }
        try (Store store = new Store(folder)) {
            assertThat(store.images.get("bad").layers()).hasSize(1);
            assertThat(store.images.census()).isEmpty();
            store.images.provide(store.images.get("bad"), store.storage);
        }
    }

    @Test
    void aBuiltInImageThatWasDamagedComesBack() throws IOException {
        Path archives = Files.createDirectories(folder.resolve("home/images"));
        Files.write(archives.resolve("good.tar"), good.dockerArchive("good").build());
        Image image;
        try (Store store = new Store(folder)) {
            image = store.images.get("good");
        }
        Files.writeString(list("records").getFirst(), "x");

        try (Store store = new Store(folder)) {
            assertThat(store.images.get("good")).isEqualTo(image);
        }
    }

    /** Every file of a store, one after the other, with random bytes, cut off, of another kind. */
    @Test
    void noDamageKeepsTheStoreFromStartingOrHidesAnotherImage() throws IOException {
        var seed = Long.getLong("hyper.seed", System.nanoTime());
        System.out.println("DamageTest: -Dhyper.seed=" + seed);
        var random = new Random(seed);
        for (int turn = 0; turn < 6; turn++) {
            int files = fill();
            for (int i = 0; i < files; i++) {
                fill();
                Path file = all().get(i % all().size());
                damage(file, random);
                Set<String> names;
                try (Store store = new Store(folder)) {
                    names =
                            store.images.list().stream()
                                    .flatMap(image -> image.references().stream())
                                    .collect(Collectors.toSet());
                    store.images.census().forEach(store.images::dispose);
                    // It works on: the same images can be loaded again.
                    load(store, good, "good");
                    load(store, bad, "bad");
                    store.images.list().forEach(x -> store.images.provide(x, store.storage));
                    assertThat(store.images.get("good").references()).contains("good:latest");
                    assertThat(store.images.get("bad").references()).contains("bad:latest");
                }
                assertThat(names).as("without " + file).hasSizeGreaterThanOrEqualTo(1);
            }
        }
    }

    /** {@return how many files there are, with both images whole} */
    private int fill() throws IOException {
        for (String part : List.of("images", "folder")) {
            if (Files.exists(folder.resolve(part))) {
                delete(folder.resolve(part));
            }
        }
        try (Store store = new Store(folder)) {
            load(store, good, "good");
            load(store, bad, "bad");
            assertThat(store.images.list()).hasSize(2);
        }
        return all().size();
    }

    private List<Path> all() throws IOException {
        try (var all = Files.walk(folder.resolve("images"))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private List<Path> list(String name) throws IOException {
        try (var all = Files.list(folder.resolve("images").resolve(name))) {
            return all.toList();
        }
    }

    private static void delete(Path tree) throws IOException {
        try (var all = Files.walk(tree)) {
            for (Path path : all.toList().reversed()) {
                Files.delete(path);
            }
        }
    }

    private static void damage(Path file, Random random) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        switch (random.nextInt(5)) {
            case 0 -> Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length)));
            case 1 -> Files.delete(file);
            case 2 -> {
                Files.delete(file);
                Files.createDirectory(file);
            }
            case 3 -> {
                Files.delete(file);
                Files.createSymbolicLink(file, Path.of("/dev/zero"));
            }
            default -> {
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
                }
                Files.write(file, whole);
            }
        }
    }
}
