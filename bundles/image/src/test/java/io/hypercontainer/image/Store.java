// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.image.Progress;
import io.hypercontainer.image.registry.RegistrySettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** An image store in a test's folder, with one storage driver. */
final class Store implements AutoCloseable {
    static final Map<String, Object> FIRST = Map.of("service.id", 1L);

    final Path root;
    final FolderStorage storage;
    final ImageService images;
    final List<Progress> progress = new CopyOnWriteArrayList<>();

    Store(Path folder) throws IOException {
        this(folder, settings(List.of()));
    }

    Store(Path folder, ImageSettings settings) throws IOException {
        root = folder.resolve("images");
        storage = new FolderStorage(folder.resolve("folder"));
        images = new ImageService(folder, folder.resolve("home"), settings);
        images.bindStorage(storage, FIRST);
        images.start();
    }

    static ImageSettings settings(List<URI> mirrors) {
        return settings(mirrors, Duration.ofSeconds(20));
    }

    static ImageSettings settings(List<URI> mirrors, Duration silence) {
        return new ImageSettings(
                "",
                1L << 30,
                1L << 30,
                new RegistrySettings(
                        Set.of("localhost", "127.0.0.1"),
                        mirrors,
                        3,
                        Duration.ofSeconds(10),
                        silence,
                        3,
                        Duration.ofMillis(1)));
    }

    List<String> statuses() {
        return progress.stream().map(Progress::status).toList();
    }

    /** All files that hold content or say something about it. */
    List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString())
                    .filter(name -> !name.equals("oci-layout"))
                    .sorted()
                    .toList();
        }
    }

    List<String> files(String folder) throws IOException {
        return files().stream().filter(name -> name.startsWith(folder + "/")).toList();
    }

    @Override
    public void close() {
        images.stop();
    }
}
