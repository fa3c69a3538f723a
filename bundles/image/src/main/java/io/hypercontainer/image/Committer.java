// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.image.NewImage;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.archive.BoundedOutputStream;
import io.hypercontainer.image.spec.ChildConfiguration;
import io.hypercontainer.image.spec.Configuration;
import io.hypercontainer.image.spec.Descriptor;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.Document;
import io.hypercontainer.image.spec.MediaTypes;
import io.hypercontainer.image.spec.Reference;
import io.hypercontainer.image.store.BlobStore;
import io.hypercontainer.image.store.BlobWriter;
import io.hypercontainer.image.store.Catalog;
import io.hypercontainer.image.store.ImageRecord;
import io.hypercontainer.image.store.ImageRecord.StoredLayer;
import io.hypercontainer.image.store.Retention;
import io.hypercontainer.image.store.StorageDrivers;
import io.hypercontainer.image.store.TemporaryBlob;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes images of others and one more layer. */
final class Committer {
    private final ImageSettings settings;
    private final BlobStore blobs;
    private final Catalog catalog;
    private final Retention retention;
    private final LayerProvider provider;
    private final StorageDrivers drivers;
    private final Clock clock;

    Committer(
            ImageSettings settings,
            BlobStore blobs,
            Catalog catalog,
            Retention retention,
            LayerProvider provider,
            StorageDrivers drivers,
            Clock clock) {
        this.settings = settings;
        this.blobs = blobs;
        this.catalog = catalog;
        this.retention = retention;
        this.provider = provider;
        this.drivers = drivers;
        this.clock = clock;
    }

    /**
     * @param image what is to be made
     * @param layer writes its last layer
     * @return the image
     */
    Catalog.Stored commit(NewImage image, Consumer<OutputStream> layer) {
        Optional<Reference> name = image.reference().map(Committer::name);
        Catalog.Stored parent =
                catalog.image(Digest.parse(image.parent(), "image"))
                        .orElseThrow(() -> new NotFound("no such image: " + image.parent()));
        try (Retention.Lease lease = retention.lease()) {
            lease.holdBlobs(parent.record().blobs().toList());
            lease.holdLayers(parent.record().chain());
            if (!blobs.hasAll(parent)) {
                throw new NotFound(
                        "image "
                                + image.parent()
                                + " is not complete any more: pull or load it again");
            }
            try (TemporaryBlob content = write(layer)) {
                Catalog.Stored made = make(image, parent, content, lease);
                catalog.put(made, name.stream().toList());
                return made;
            }
        }
    }

    private static Reference name(String text) {
        Reference reference = Reference.parse(text);
        if (reference.digest().isPresent()) {
            throw new InvalidSpec("an image cannot be called " + text + ": its digest is its own");
        }
        return reference.recorded();
    }

    private TemporaryBlob write(Consumer<OutputStream> layer) {
        try (BlobWriter writer = blobs.writer()) {
            layer.accept(
                    new BoundedOutputStream(writer, settings.maxLayerBytes(), "the new layer"));
            return writer.finish();
        }
    }

    private Catalog.Stored make(
            NewImage image, Catalog.Stored parent, TemporaryBlob content, Retention.Lease lease) {
        // Docker, too, makes no layer of nothing.
        boolean isEmpty = content.digest().equals(ChildConfiguration.EMPTY_LAYER);
        byte[] config =
                ChildConfiguration.of(
                        blobs.read(parent.id(), Configuration.MAX_BYTES),
                        image,
                        isEmpty ? Optional.empty() : Optional.of(content.digest()),
                        clock.instant());
        Configuration configuration = Configuration.parse(config, "the new image");
        List<Descriptor> descriptors = new ArrayList<>(layers(parent));
        if (!isEmpty) {
            descriptors.add(Descriptor.of(MediaTypes.OCI_LAYER, content.digest(), content.size()));
        }
        byte[] manifest =
                new Document.Manifest(
                                Descriptor.of(
                                        MediaTypes.OCI_CONFIG, Digest.of(config), config.length),
                                descriptors)
                        .toJson();
        lease.holdBlobs(List.of(Digest.of(config), Digest.of(manifest)));
        List<StoredLayer> stored = new ArrayList<>(parent.record().layers());
        Optional<StorageDriver> driver = drivers.preferred();
        driver.ifPresent(d -> provider.provide(parent.record(), lease, d));
        if (!isEmpty) {
            lease.holdBlobs(List.of(content.digest()));
            lease.holdLayers(configuration.diffIds());
            stored.add(provider.take(content, configuration.diffIds(), lease, driver));
        }
        blobs.write(config);
        blobs.write(manifest);
        return new Catalog.Stored(
                new ImageRecord(Digest.of(config), Digest.of(manifest), stored), configuration);
    }

    private List<Descriptor> layers(Catalog.Stored parent) {
        byte[] manifest = blobs.read(parent.record().manifest(), Document.MAX_BYTES);
        Document document = Document.parse(manifest, "", "image " + parent.id());
        return ((Document.Manifest) document).layers();
    }
}
