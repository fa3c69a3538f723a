// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.Images.Credentials;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.image.registry.Downloads;
import io.hypercontainer.image.registry.Participation;
import io.hypercontainer.image.registry.RegistryClient;
import io.hypercontainer.image.registry.Repository;
import io.hypercontainer.image.spec.Configuration;
import io.hypercontainer.image.spec.Descriptor;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.Document;
import io.hypercontainer.image.spec.Reference;
import io.hypercontainer.image.store.BlobStore;
import io.hypercontainer.image.store.Catalog;
import io.hypercontainer.image.store.ImageRecord;
import io.hypercontainer.image.store.Retention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches images from registries. */
final class Puller {
    private static final Logger LOG = LoggerFactory.getLogger(Puller.class);
    private static final int MAX_NESTING = 4;

    private final ImageSettings settings;
    private final RegistryClient client;
    private final Downloads downloads;
    private final BlobStore blobs;
    private final Catalog catalog;
    private final Retention retention;
    private final LayerPuller layers;

    Puller(
            ImageSettings settings,
            RegistryClient client,
            Downloads downloads,
            BlobStore blobs,
            Catalog catalog,
            Retention retention,
            LayerPuller layers) {
        this.settings = settings;
        this.client = client;
        this.downloads = downloads;
        this.blobs = blobs;
        this.catalog = catalog;
        this.retention = retention;
        this.layers = layers;
    }

    /**
     * @param reference an image, in recorded form
     * @param credentials for its registry
     * @param progress receives what happens
     * @return the image
     */
    Catalog.Stored pull(Reference reference, Credentials credentials, Consumer<Progress> progress) {
        String version =
                reference.tag().orElseGet(() -> reference.digest().orElseThrow().toString());
        say(progress, version + ": Pulling from " + reference.path());
        List<Repository> sources = client.repositories(reference, credentials);
        for (Repository mirror : sources.subList(0, sources.size() - 1)) {
            try {
                return pull(reference, mirror, progress);
            } catch (Interrupted e) {
                throw e;
            } catch (HyperException e) {
                LOG.info("mirror {} did not help: {}", mirror.host(), e.getMessage());
            }
        }
        return pull(reference, sources.getLast(), progress);
    }

    private Catalog.Stored pull(
            Reference reference, Repository source, Consumer<Progress> progress) {
        Optional<Catalog.Stored> unchanged = unchanged(reference, source);
        if (unchanged.isPresent()) {
            reference.digest().ifPresent(digest -> say(progress, "Digest: " + digest));
            say(progress, "Status: Image is up to date for " + reference.familiar());
            return unchanged.get();
        }
        Repository.Fetched top =
                reference.digest().isPresent()
                        ? source.fetch(reference.digest().get())
                        : source.fetch(reference.tag().orElseThrow());
        Optional<Catalog.Stored> before = catalog.image(reference);
        Catalog.Stored image = fetch(reference, source, top, progress);
        say(progress, "Digest: " + top.digest());
        boolean same = before.filter(image::equals).isPresent();
        say(
                progress,
                (same ? "Status: Image is up to date for " : "Status: Downloaded newer image for ")
                        + reference.familiar());
        return image;
    }

    private Optional<Catalog.Stored> unchanged(Reference reference, Repository source) {
        Optional<Catalog.Stored> here = catalog.image(reference).filter(blobs::hasAll);
        if (here.isEmpty() || reference.digest().isPresent()) {
            return here;
        }
        return source.digest(reference.tag().orElseThrow())
                .flatMap(digest -> catalog.image(reference.at(digest)))
                .filter(image -> image.equals(here.get()));
    }

    private Catalog.Stored fetch(
            Reference reference,
            Repository source,
            Repository.Fetched top,
            Consumer<Progress> progress) {
        String where = "image " + reference.familiar();
        Repository.Fetched fetched = top;
        Document document = Document.parse(top.bytes(), top.mediaType(), where);
        for (int nesting = 0; document instanceof Document.Index index; nesting++) {
            if (nesting == MAX_NESTING) {
                throw new InvalidSpec(
                        where + " has indexes nested more than " + MAX_NESTING + " deep");
            }
            fetched = source.fetch(index.forGuests(where).digest());
            document = Document.parse(fetched.bytes(), fetched.mediaType(), where);
        }
        Document.Manifest manifest = (Document.Manifest) document;
        checkSize(manifest, where);
        try (Retention.Lease lease = retention.lease()) {
            Catalog.Stored image = fetch(source, manifest, fetched, lease, where, progress);
            List<Reference> names = new ArrayList<>(List.of(reference.at(top.digest())));
            if (reference.tag().isPresent()) {
                names.add(reference);
            }
            catalog.put(image, names);
            return image;
        }
    }

    private void checkSize(Document.Manifest manifest, String where) {
        long left = settings.maxImageBytes();
        for (Descriptor layer : manifest.layers()) {
            left = layer.size() > left ? -1 : left - layer.size();
            if (left < 0) {
                throw new InvalidSpec(
                        where
                                + " is larger than "
                                + settings.maxImageBytes()
                                + " bytes, the limit in the configuration hyper.image");
            }
        }
        if (manifest.config().size() > Configuration.MAX_BYTES) {
            throw new InvalidSpec(
                    "configuration of "
                            + where
                            + " is larger than "
                            + Configuration.MAX_BYTES
                            + " bytes");
        }
    }

    private Catalog.Stored fetch(
            Repository source,
            Document.Manifest manifest,
            Repository.Fetched fetched,
            Retention.Lease lease,
            String where,
            Consumer<Progress> progress) {
        Digest id = manifest.config().digest();
        Optional<Catalog.Stored> here = catalog.image(id);
        // Also the blobs of an incomplete image, so that what replaces it lets them go.
        here.ifPresent(image -> lease.holdBlobs(image.record().blobs().toList()));
        if (here.filter(blobs::hasAll).isPresent()) {
            return here.get();
        }
        List<Digest> wanted =
                new ArrayList<>(manifest.layers().stream().map(Descriptor::digest).toList());
        wanted.add(fetched.digest());
        wanted.add(id);
        lease.holdBlobs(wanted);
        blobs.write(fetched.bytes());
        fetchConfiguration(manifest.config(), source);
        Configuration configuration =
                Configuration.parse(blobs.read(id, Configuration.MAX_BYTES), where);
        configuration.checkLayers(manifest.layers().size(), where);
        lease.holdLayers(configuration.diffIds());
        return new Catalog.Stored(
                new ImageRecord(
                        id,
                        fetched.digest(),
                        layers.pull(
                                manifest.layers(),
                                configuration.diffIds(),
                                source,
                                lease,
                                progress)),
                configuration);
    }

    private void fetchConfiguration(Descriptor config, Repository source) {
        Optional<Participation> download = downloads.join(config, source, event -> {});
        try {
            download.ifPresent(Participation::await);
        } finally {
            download.ifPresent(Participation::close);
        }
    }

    private static void say(Consumer<Progress> progress, String status) {
        progress.accept(new Progress("", status, 0, 0));
    }
}
