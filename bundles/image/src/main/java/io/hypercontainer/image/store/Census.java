// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.spec.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What no image needs, in the store and in the storage drivers that are here, and what is damaged.
 */
public final class Census {
    private static final String FILE = "file";

    private final StoreFolder folder;
    private final BlobStore blobs;
    private final Retention retention;
    private final StorageDrivers drivers;

    /** Something to delete, and how. */
    private record Garbage(Holding.Left left, Runnable deletion) {}

    /**
     * @param folder the store's folder
     * @param blobs has the blobs
     * @param retention knows what is needed
     * @param drivers have the layers
     */
    public Census(
            StoreFolder folder, BlobStore blobs, Retention retention, StorageDrivers drivers) {
        this.folder = folder;
        this.blobs = blobs;
        this.retention = retention;
        this.drivers = drivers;
    }

    /** {@return what is there} */
    public List<Holding> take() {
        List<Holding> all = new ArrayList<>();
        retention.locked(() -> garbage().forEach(g -> all.add(g.left())));
        for (Path aside : folder.damaged()) {
            all.add(
                    new Holding.Wrong(
                            isRecord(aside) ? "record" : FILE,
                            aside.toString(),
                            "it was damaged and is set aside: pull or load the image again, then"
                                    + " delete this file"));
        }
        return all;
    }

    private static boolean isRecord(Path aside) {
        return aside.getFileName().toString().contains(StoreFolder.RECORD);
    }

    /**
     * @param left what to delete; nothing happens if it is gone or needed by now
     */
    public void dispose(Holding.Left left) {
        retention.locked(() ->
                garbage().stream()
                        .filter(g -> g.left().equals(left))
                        .forEach(g -> g.deletion().run()));
    }

    private List<Garbage> garbage() {
        List<Garbage> all = new ArrayList<>();
        for (Path file : folder.leftovers()) {
            add(all, file.toString(), "left from a pull or load", () -> folder.delete(file));
        }
        for (Digest blob : retention.unneededBlobs()) {
            add(all, blobs.path(blob).toString(), "no image needs it", () -> blobs.delete(blob));
        }
        for (StorageDriver driver : drivers.all()) {
            for (Digest diffId : retention.unneededLayers(driver)) {
                add(
                        all,
                        "layer " + diffId + " of storage " + driver.name(),
                        "no image needs it",
                        () -> driver.removeLayer(new Layer(diffId.toString(), List.of())));
            }
        }
        return all;
    }

    private static void add(List<Garbage> all, String subject, String problem, Runnable deletion) {
        all.add(new Garbage(new Holding.Left(FILE, subject, problem), deletion));
    }
}
