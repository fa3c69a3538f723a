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
import java.security.DigestInputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final Map<String, List<Digest>> loaded = new HashMap<>();
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
                (json, where) ->
                        Records.parse(json, where, VERSION).texts("images", MAX_IMAGES).stream()
                                .map(id -> Digest.parse(id, where))
                                .toList(),
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
        String key = digest(archive).hex();
        if (loaded.containsKey(key) && loaded.get(key).stream().noneMatch(this::isLost)) {
            return;
        }
        List<Catalog.Stored> images;
        try (InputStream in = Files.newInputStream(archive)) {
            images = loader.load(in, event -> LOG.info("{}: {}", archive, event.status()));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("archive", archive.getFileName().toString());
        json.put("images", images.stream().map(image -> image.id().toString()).toList());
        records.write(key, JsonObject.write(json));
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
}
