// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.spec.Digest;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what may be deleted: blobs and layers that no image has and no running pull or load
 * holds. Work in progress takes a lease and holds what it uses before it looks whether that is
 * there; deleting happens under the same lock, so what was seen stays.
 */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final StoreFolder folder;
    private final Catalog catalog;
    private final BlobStore blobs;
    private final LayerJournal journal;
    private final StorageDrivers drivers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Digest, Integer> heldBlobs = new HashMap<>();
    private final Map<Digest, Integer> heldLayers = new HashMap<>();
    private final Map<Pair, Long> verified = new HashMap<>();

    private record Pair(Digest blob, Digest diffId) {}

    /**
     * Deletes blobs that a crash has left.
     *
     * @param folder the store's folder
     * @param catalog knows the images
     * @param blobs has the blobs
     * @param drivers have the layers
     */
    public Retention(StoreFolder folder, Catalog catalog, BlobStore blobs, StorageDrivers drivers) {
        this.catalog = catalog;
        this.blobs = blobs;
        this.drivers = drivers;
        journal = new LayerJournal(folder);
        this.folder = folder;
        unneededBlobs().forEach(blobs::delete);
    }

    /**
     * {@return blobs that nothing needs; none while a damaged record may have named them. Ask in
     * {@link #locked}.}
     */
    List<Digest> unneededBlobs() {
        if (folder.lacksRecords()) {
            return List.of();
        }
        Set<Digest> needed = neededBlobs();
        needed.addAll(heldBlobs.keySet());
        return blobs.all().filter(blob -> !needed.contains(blob)).toList();
    }

    /** {@return layers of a driver that nothing needs and nothing settles; likewise} */
    List<Digest> unneededLayers(StorageDriver driver) {
        if (folder.lacksRecords()) {
            return List.of();
        }
        Set<Digest> needed = new HashSet<>(heldLayers.keySet());
        catalog.images().forEach(image -> needed.addAll(image.record().chain()));
        journal.all().values().forEach(needed::addAll);
        return driver.layers().stream()
                .map(diffId -> Digest.parse(diffId, "layer"))
                .filter(diffId -> !needed.contains(diffId))
                .toList();
    }

    /** {@return a lease that holds nothing yet} */
    public Lease lease() {
        return new Lease();
    }

    /** What a pull or load holds until it is closed. */
    public final class Lease implements AutoCloseable {
        private final Set<Digest> myBlobs = new HashSet<>();
        private final Set<Digest> myLayers = new HashSet<>();
        private final Set<Pair> myVerified = new HashSet<>();
        private boolean unsettled;

        private Lease() {}

        /**
         * @param digests blobs that must stay
         */
        public void holdBlobs(Collection<Digest> digests) {
            locked(() ->
                    digests.stream()
                            .filter(myBlobs::add)
                            .forEach(digest -> heldBlobs.merge(digest, 1, Integer::sum)));
        }

        /**
         * @param chain diff ids of layers that must stay, lowest first
         */
        public void holdLayers(List<Digest> chain) {
            locked(() -> {
                chain.stream()
                        .filter(myLayers::add)
                        .forEach(diffId -> heldLayers.merge(diffId, 1, Integer::sum));
                if (!chain.isEmpty() && !neededChains().contains(chain)) {
                    journal.add(chain);
                    unsettled = true;
                }
            });
        }

        /**
         * Remembers what was computed, so that others who hold the same need not.
         *
         * @param blob a blob
         * @param diffId the layer that it was found to be
         * @param size the layer's uncompressed size
         */
        public void verified(Digest blob, Digest diffId, long size) {
            locked(() -> {
                Pair pair = new Pair(blob, diffId);
                if (verified.putIfAbsent(pair, size) == null) {
                    myVerified.add(pair);
                }
            });
        }

        /**
         * @param blob a blob
         * @param diffId a layer
         * @return the layer's uncompressed size, if the blob was found to be that layer
         */
        public Optional<Long> verifiedSize(Digest blob, Digest diffId) {
            Optional<Long> known = catalog.layerSize(blob, diffId);
            if (known.isPresent()) {
                return known;
            }
            lock.lock();
            try {
                return Optional.ofNullable(verified.get(new Pair(blob, diffId)));
            } finally {
                lock.unlock();
            }
        }

        /** Lets everything go; what no image needs is deleted. */
        @Override
        public void close() {
            locked(() -> {
                myLayers.forEach(diffId -> release(heldLayers, diffId));
                myBlobs.forEach(blob -> release(heldBlobs, blob));
                myVerified.forEach(verified::remove);
                collect(myBlobs);
                if (unsettled) {
                    settle();
                }
            });
        }
    }

    /**
     * Deletes an image, with its names, and what only it needed.
     *
     * @param image the image
     */
    public void delete(Catalog.Stored image) {
        locked(() -> {
            if (!image.record().layers().isEmpty()) {
                journal.add(image.record().chain());
            }
            catalog.delete(image.id());
            collect(image.record().blobs().toList());
            settle();
        });
    }

    /** Takes layers that nobody needs out of the drivers that are here now. */
    public void settleLayers() {
        locked(this::settle);
    }

    private void settle() {
        for (Map.Entry<String, List<Digest>> entry : journal.all().entrySet()) {
            if (settled(entry.getValue())) {
                journal.remove(entry.getKey());
            }
        }
    }

    /**
     * Removes those layers of a chain that no image needs.
     *
     * @return whether nothing is left to do for this chain
     */
    private boolean settled(List<Digest> chain) {
        Set<List<Digest>> neededChains = neededChains();
        Set<Digest> neededLayers =
                neededChains.stream().map(List::getLast).collect(Collectors.toSet());
        boolean done = true;
        for (Layer layer : ImageRecord.layers(chain).reversed()) {
            List<Digest> prefix = chain.subList(0, layer.parents().size() + 1);
            Digest diffId = prefix.getLast();
            if (neededChains.contains(prefix)) {
                continue;
            }
            // To some drivers the same content on other layers is the same layer.
            done &=
                    !heldLayers.containsKey(diffId)
                            && !neededLayers.contains(diffId)
                            && removedFromDrivers(layer);
        }
        return done;
    }

    private boolean removedFromDrivers(Layer layer) {
        Collection<StorageDriver> all = drivers.all();
        boolean done = !all.isEmpty();
        for (StorageDriver driver : all) {
            try {
                driver.removeLayer(layer);
            } catch (Conflict e) {
                LOG.debug("{} still needs layer {}", driver.name(), layer.diffId());
                done = false;
            } catch (HyperException e) {
                LOG.warn(
                        "{} cannot remove layer {}; it is tried again later",
                        driver.name(),
                        layer.diffId(),
                        e);
                done = false;
            }
        }
        return done;
    }

    private void collect(Collection<Digest> candidates) {
        Set<Digest> needed = neededBlobs();
        for (Digest blob : candidates) {
            if (!needed.contains(blob) && !heldBlobs.containsKey(blob)) {
                blobs.delete(blob);
            }
        }
    }

    private Set<Digest> neededBlobs() {
        return catalog.images().stream()
                .flatMap(image -> image.record().blobs())
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** {@return the chains of all images, and of each image up to each of its layers} */
    private Set<List<Digest>> neededChains() {
        Set<List<Digest>> all = new HashSet<>();
        for (Catalog.Stored image : catalog.images()) {
            List<Digest> chain = image.record().chain();
            for (int i = 1; i <= chain.size(); i++) {
                all.add(chain.subList(0, i));
            }
        }
        return all;
    }

    private static void release(Map<Digest, Integer> held, Digest digest) {
        held.computeIfPresent(digest, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Nothing is taken into use or let go while this runs. */
    void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}
