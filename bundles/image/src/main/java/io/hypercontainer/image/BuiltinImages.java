// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.JsonObject;
import io.hypercontainer.image.store.Catalog;
import io.hypercontainer.image.store.Records;
import io.hypercontainer.image.store.StoreFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the image archives that came with the daemon, each once: an image that the user removed
 * stays away until an archive with other content comes, and one that was damaged comes back.
 */
final class BuiltinImages {
    private static final Logger LOG = LoggerFactory.getLogger(BuiltinImages.class);
    private static final int VERSION = 1;
    private static final int MAX_IMAGES = 1000;

    private final Path archives;
    private final Records records;
    private final StoreFolder store;
    private final Catalog catalog;
    private final Loader loader;
    private final Map<String, Loaded> loaded = new HashMap<>();
    private final Thread thread;

    /**
     * @param archives folder with archives; need not exist
     * @param store where to remember what was loaded
     * @param catalog knows what is there
     * @param loader loads them
     */
    BuiltinImages(Path archives, StoreFolder store, Catalog catalog, Loader loader) {
        this.archives = archives;
        this.store = store;
        this.catalog = catalog;
        this.loader = loader;
        records = new Records(store, "builtin");
        records.read(
                (json, where) -> Loaded.parse(Records.parse(json, where, VERSION), where),
                loaded::put);
        thread = Thread.ofVirtual().name("built-in images").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Waits until all archives were looked at. */
    void await() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for the built-in images", e);
        }
    }

    void stop() {
        thread.interrupt();
        await();
    }

    private void run() {
        for (Path archive : list()) {
            try {
                loadOnce(archive);
            } catch (Interrupted e) {
                return;
            } catch (IOException | HyperException e) {
                LOG.error("built-in image {} is not available: {}", archive, e.getMessage());
            }
        }
    }

    private List<Path> list() {
        if (!Files.isDirectory(archives)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(archives)) {
            return all.filter(path -> path.toString().endsWith(".tar")).sorted().toList();
        } catch (IOException e) {
            LOG.error("cannot list the built-in images in {}: {}", archives, e.getMessage());
            return List.of();
        }
    }

    private void loadOnce(Path archive) throws IOException {
        var file = ArchiveFile.of(archive);
        if (loaded.values().stream()
                .anyMatch(known -> known.file().equals(file) && isHere(known))) {
            return;
        }
        String key = digest(archive).hex();
        List<Digest> images;
        if (loaded.containsKey(key) && isHere(loaded.get(key))) {
            images = loaded.get(key).images();
        } else {
            try (InputStream in = Files.newInputStream(archive)) {
                images =
                        loader
                                .load(in, event -> LOG.info("{}: {}", archive, event.status()))
                                .stream()
                                .map(Catalog.Stored::id)
                                .toList();
            }
        }
        records.write(key, JsonObject.write(new Loaded(file, images).toJson()));
    }

    private boolean isHere(Loaded known) {
        return known.images().stream().noneMatch(this::isLost);
    }

    /** Damaged, not removed. */
    private boolean isLost(Digest image) {
        return catalog.image(image).isEmpty() && store.hasAside(image.hex());
    }

    private static Digest digest(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), Digest.sha256())) {
            in.transferTo(OutputStream.nullOutputStream());
            return Digest.ofHash(in.getMessageDigest().digest());
        }
    }

    /**
     * What tells a file from another without reading it: hashing it would delay the daemon's start.
     *
     * @param path of the archive
     * @param size in bytes
     * @param changed when the file's content or attributes last changed, in nanoseconds since 1970:
     *     archives of two releases may have the same size and time of modification, as those of
     *     reproducible builds do
     */
    private record ArchiveFile(String path, long size, long changed) {
        static ArchiveFile of(Path archive) throws IOException {
            return new ArchiveFile(
                    archive.toString(),
                    Files.size(archive),
                    ((FileTime) Files.getAttribute(archive, "unix:ctime"))
                            .to(TimeUnit.NANOSECONDS));
        }
    }

    /** An archive that was loaded, and the images in it. */
    private record Loaded(ArchiveFile file, List<Digest> images) {
        static Loaded parse(JsonObject json, String where) {
            return new Loaded(
                    new ArchiveFile(
                            json.text("archive"),
                            json.number("size", -1),
                            json.number("changed", -1)),
                    json.texts("images", MAX_IMAGES).stream()
                            .map(id -> Digest.parse(id, where))
                            .toList());
        }

        Map<String, Object> toJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("version", VERSION);
            json.put("archive", file.path());
            json.put("size", file.size());
            json.put("changed", file.changed());
            json.put("images", images.stream().map(Digest::toString).toList());
            return json;
        }
    }
}
