// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.registry.Downloads;
import io.hypercontainer.image.registry.LayerProgress;
import io.hypercontainer.image.registry.Participation;
import io.hypercontainer.image.registry.Repository;
import io.hypercontainer.image.spec.Descriptor;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.store.BlobStore;
import io.hypercontainer.image.store.ImageRecord.StoredLayer;
import io.hypercontainer.image.store.Retention;
import io.hypercontainer.image.store.StorageDrivers;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Fetches an image's layers: downloads run side by side, and each layer is taken in while its
 * download still runs.
 */
final class LayerPuller {
    private static final int MAX_TURNS = 3;

    private final Downloads downloads;
    private final BlobStore blobs;
    private final LayerImporter importer;
    private final StorageDrivers drivers;

    LayerPuller(
            Downloads downloads, BlobStore blobs, LayerImporter importer, StorageDrivers drivers) {
        this.downloads = downloads;
        this.blobs = blobs;
        this.importer = importer;
        this.drivers = drivers;
    }

    /** A layer on its way; the download is missing if the blob is here. */
    private final class Transfer implements AutoCloseable {
        private final Descriptor blob;
        private final Repository source;
        private final LayerProgress progress;
        private final Consumer<Progress> listener;
        private Optional<Participation> download = Optional.empty();

        Transfer(Descriptor blob, Repository source, Consumer<Progress> listener) {
            this.blob = blob;
            this.source = source;
            this.listener = listener;
            progress = new LayerProgress(blob.digest(), listener);
            join();
            if (download.isPresent()) {
                progress.status("Pulling fs layer");
            }
        }

        private void join() {
            download = downloads.join(blob, source, listener);
        }

        StoredLayer take(
                List<Digest> chain, Retention.Lease lease, Optional<StorageDriver> driver) {
            boolean here = download.isEmpty();
            for (int turn = 1; ; turn++) {
                try {
                    long size = importer.take(lease, blob.digest(), chain, this::open, driver);
                    download.ifPresent(Participation::await);
                    progress.status(here ? "Already exists" : "Pull complete");
                    return new StoredLayer(chain.getLast(), blob.digest(), blob.size(), size);
                } catch (Interrupted e) {
                    throw e;
                } catch (HyperException e) {
                    // Another caller's source failed; ours may not.
                    if (download.isEmpty() || download.get().first() || turn == MAX_TURNS) {
                        throw e;
                    }
                    close();
                    join();
                }
            }
        }

        private InputStream open() {
            InputStream content =
                    download.map(Participation::open).orElseGet(() -> blobs.open(blob.digest()));
            return new MeteredInputStream(content, this::extracted);
        }

        private void extracted(long bytes) {
            if (download.isEmpty() || download.get().isComplete()) {
                progress.advance("Extracting", bytes, blob.size());
            }
        }

        @Override
        public void close() {
            download.ifPresent(Participation::close);
        }
    }

    /**
     * @param descriptors the layers' blobs, lowest first
     * @param diffIds the layers' diff ids
     * @param source where to fetch them
     * @param lease holds blobs and layers
     * @param progress receives what happens
     * @return the layers
     */
    List<StoredLayer> pull(
            List<Descriptor> descriptors,
            List<Digest> diffIds,
            Repository source,
            Retention.Lease lease,
            Consumer<Progress> progress) {
        Optional<StorageDriver> driver = drivers.preferred();
        List<Transfer> transfers = new ArrayList<>();
        try {
            for (Descriptor descriptor : descriptors) {
                transfers.add(new Transfer(descriptor, source, progress));
            }
            return LayerIntake.run(
                    transfers.size(),
                    driver,
                    i -> transfers.get(i).take(diffIds.subList(0, i + 1), lease, driver));
        } finally {
            transfers.forEach(Transfer::close);
        }
    }
}
