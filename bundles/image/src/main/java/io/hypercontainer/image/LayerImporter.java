// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.archive.LayerContent;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.store.ImageRecord;
import io.hypercontainer.image.store.Retention;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Brings layers from blobs to a storage driver, and makes sure that a blob is its layer. */
final class LayerImporter {
    private final long maxLayerBytes;

    LayerImporter(long maxLayerBytes) {
        this.maxLayerBytes = maxLayerBytes;
    }

    /**
     * Verifies a layer, and imports it if the driver lacks it.
     *
     * @param lease holds the layer
     * @param blob digest of the layer's blob
     * @param chain diff ids of the layers below it, which the driver has, and of itself
     * @param content opens the blob
     * @param driver the driver, if there is one
     * @return the layer's uncompressed size
     */
    long take(
            Retention.Lease lease,
            Digest blob,
            List<Digest> chain,
            Supplier<InputStream> content,
            Optional<StorageDriver> driver) {
        Digest diffId = chain.getLast();
        Layer layer = ImageRecord.layers(chain).getLast();
        Optional<Long> known = lease.verifiedSize(blob, diffId);
        boolean lacking = driver.isPresent() && !driver.get().hasLayer(layer);
        if (known.isPresent() && !lacking) {
            return known.get();
        }
        try (LayerContent archive = new LayerContent(content.get(), diffId, maxLayerBytes)) {
            if (lacking) {
                deliver(driver.get(), layer, archive, lease, blob);
                // Another caller may have delivered it meanwhile, and verified it.
                known = lease.verifiedSize(blob, diffId);
            }
            long size = known.isPresent() ? known.get() : archive.verify();
            lease.verified(blob, diffId, size);
            return size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deliver(
            StorageDriver driver,
            Layer layer,
            LayerContent archive,
            Retention.Lease lease,
            Digest blob) {
        Digest diffId = Digest.parse(layer.diffId(), "layer");
        try {
            driver.importLayer(
                    layer, archive, () -> lease.verified(blob, diffId, archive.verify()));
        } catch (RuntimeException e) {
            // That the content is bad matters more than what the driver met because of it.
            throw archive.failure().<RuntimeException>map(cause -> cause).orElse(e);
        }
    }
}
