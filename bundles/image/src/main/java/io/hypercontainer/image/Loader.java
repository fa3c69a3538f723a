// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.image.Progress;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.archive.ArchivedImage;
import io.hypercontainer.image.archive.ImageArchive;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.store.BlobStore;
import io.hypercontainer.image.store.Catalog;
import io.hypercontainer.image.store.ImageRecord;
import io.hypercontainer.image.store.ImageRecord.StoredLayer;
import io.hypercontainer.image.store.Retention;
import io.hypercontainer.image.store.StorageDrivers;
import io.hypercontainer.image.store.TemporaryBlob;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes images out of archives. */
final class Loader {
    private final ImageSettings settings;
    private final BlobStore blobs;
    private final Catalog catalog;
    private final Retention retention;
    private final LayerProvider provider;
    private final StorageDrivers drivers;

    Loader(
            ImageSettings settings,
            BlobStore blobs,
            Catalog catalog,
            Retention retention,
            LayerProvider provider,
            StorageDrivers drivers) {
        this.settings = settings;
        this.blobs = blobs;
        this.catalog = catalog;
        this.retention = retention;
        this.provider = provider;
        this.drivers = drivers;
    }

    /**
     * @param in the archive
     * @param progress receives what happens
     * @return its images
     */
    List<Catalog.Stored> load(InputStream in, Consumer<Progress> progress) {
        try (ImageArchive archive = ImageArchive.read(in, blobs, settings.maxImageBytes());
                Retention.Lease lease = retention.lease()) {
            Optional<StorageDriver> driver = drivers.preferred();
            List<Catalog.Stored> images = new ArrayList<>();
            for (ArchivedImage image : archive.images()) {
                images.add(take(image, lease, driver));
            }
            for (int i = 0; i < images.size(); i++) {
                ArchivedImage archived = archive.images().get(i);
                catalog.put(images.get(i), archived.names());
                say(images.get(i), archived, progress);
            }
            return images;
        }
    }

    private Catalog.Stored take(
            ArchivedImage image, Retention.Lease lease, Optional<StorageDriver> driver) {
        Digest id = Digest.of(image.config());
        Optional<Catalog.Stored> here = catalog.image(id);
        here.ifPresent(stored -> lease.holdBlobs(stored.record().blobs().toList()));
        if (here.filter(blobs::hasAll).isPresent()) {
            return here.get();
        }
        Digest manifest = Digest.of(image.manifest());
        List<Digest> wanted =
                new ArrayList<>(image.layers().stream().map(TemporaryBlob::digest).toList());
        wanted.add(manifest);
        wanted.add(id);
        lease.holdBlobs(wanted);
        List<Digest> diffIds = image.configuration().diffIds();
        lease.holdLayers(diffIds);
        List<StoredLayer> layers =
                LayerIntake.run(
                        diffIds.size(),
                        driver,
                        i ->
                                provider.take(
                                        image.layers().get(i),
                                        diffIds.subList(0, i + 1),
                                        lease,
                                        driver));
        blobs.write(image.manifest());
        blobs.write(image.config());
        return new Catalog.Stored(new ImageRecord(id, manifest, layers), image.configuration());
    }

    private static void say(
            Catalog.Stored image, ArchivedImage archived, Consumer<Progress> progress) {
        if (archived.names().isEmpty()) {
            progress.accept(new Progress("", "Loaded image ID: " + image.id(), 0, 0));
        }
        archived.names()
                .forEach(name ->
                        progress.accept(
                                new Progress("", "Loaded image: " + name.familiar(), 0, 0)));
    }
}
