// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.store.BlobStore;
import io.hypercontainer.image.store.ImageRecord;
import io.hypercontainer.image.store.ImageRecord.StoredLayer;
import io.hypercontainer.image.store.Retention;
import io.hypercontainer.image.store.TemporaryBlob;
import java.util.List;
import java.util.Optional;

/** Gives storage drivers the layers of images, out of the store. */
final class LayerProvider {
    private final BlobStore blobs;
    private final LayerImporter importer;

    LayerProvider(BlobStore blobs, LayerImporter importer) {
        this.blobs = blobs;
        this.importer = importer;
    }

    /**
     * @param image its layers are given
     * @param lease holds them
     * @param storage gets those that it lacks
     */
    void provide(ImageRecord image, Retention.Lease lease, StorageDriver storage) {
        List<Digest> chain = image.chain();
        for (int i = 0; i < chain.size(); i++) {
            provide(image.layers().get(i), chain.subList(0, i + 1), lease, storage);
        }
    }

    private void provide(
            StoredLayer layer, List<Digest> chain, Retention.Lease lease, StorageDriver storage) {
        try {
            importer.take(
                    lease,
                    layer.blob(),
                    chain,
                    () -> blobs.open(layer.blob()),
                    Optional.of(storage));
        } catch (HyperException e) {
            if (blobs.verify(layer.blob())) {
                throw e;
            }
            throw new Unavailable(
                    "layer "
                            + layer.diffId().brief()
                            + " was damaged in the image store; pull or load its image again",
                    e);
        }
    }

    /**
     * Takes in a new layer.
     *
     * @param content the layer
     * @param chain diff ids of the layers below it, which the driver has, and of itself
     * @param lease holds it
     * @param driver gets it, if there is one
     * @return the layer in the store
     */
    StoredLayer take(
            TemporaryBlob content,
            List<Digest> chain,
            Retention.Lease lease,
            Optional<StorageDriver> driver) {
        long size = importer.take(lease, content.digest(), chain, content::open, driver);
        content.commit();
        return new StoredLayer(chain.getLast(), content.digest(), content.size(), size);
    }
}
