// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.image.spec.Configuration;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.JsonObject;
import io.hypercontainer.image.spec.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which images there are and what they are called. Reading takes no lock and no disk.
 *
 * <p>An image's record is written before its references and deleted before them, so a change that
 * was cut off leaves an image with fewer names, or names without an image, which the next start
 * deletes. While a damaged record is set aside, nothing is deleted: it may have named it.
 */
public final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    private static final int REFERENCE_VERSION = 1;

    private final Records imageRecords;
    private final Records referenceRecords;
    private final ConcurrentMap<Digest, Stored> images = new ConcurrentHashMap<>();
    private final ConcurrentMap<Reference, Digest> references = new ConcurrentHashMap<>();

    /**
     * An image in the store.
     *
     * @param record its blobs
     * @param configuration how to run it
     */
    public record Stored(ImageRecord record, Configuration configuration) {
        /** {@return its id} */
        public Digest id() {
            return record.id();
        }
    }

    private record Named(Reference name, Digest image) {}

    /**
     * Reads the records.
     *
     * @param folder where they are
     * @param blobs has the configurations
     */
    public Catalog(StoreFolder folder, BlobStore blobs) {
        imageRecords = new Records(folder, "records");
        referenceRecords = new Records(folder, "references");
        imageRecords.read(
                (json, name) -> {
                    ImageRecord image = ImageRecord.parse(json, name);
                    checkKey(name, image.id().hex());
                    byte[] bytes = blobs.read(image.id(), Configuration.MAX_BYTES);
                    Configuration configuration = Configuration.parse(bytes, name);
                    if (!configuration.diffIds().equals(image.chain())) {
                        throw new InvalidSpec(name + " has other layers than its configuration");
                    }
                    return new Stored(image, configuration);
                },
                (key, image) -> images.put(image.id(), image));
        boolean complete = !folder.lacksRecords();
        referenceRecords.read(
                Catalog::parseReference, (key, named) -> takeReference(key, named, complete));
    }

    private static void checkKey(String name, String key) {
        if (!name.equals(key + StoreFolder.RECORD)) {
            throw new InvalidSpec(name + " is the record of " + key);
        }
    }

    private void takeReference(String key, Named named, boolean complete) {
        if (images.containsKey(named.image) || !complete) {
            references.put(named.name, named.image);
        } else {
            LOG.warn("{} named an image that is gone; the name is deleted", named.name.familiar());
            referenceRecords.delete(key);
        }
    }

    /** {@return all images} */
    public Collection<Stored> images() {
        return List.copyOf(images.values());
    }

    /**
     * @param id an id
     * @return the image
     */
    public Optional<Stored> image(Digest id) {
        return Optional.ofNullable(images.get(id));
    }

    /**
     * @param reference a reference in recorded form
     * @return the image
     */
    public Optional<Stored> image(Reference reference) {
        return Optional.ofNullable(references.get(reference)).flatMap(this::image);
    }

    /**
     * @param id an image's id
     * @return its names, sorted
     */
    public List<Reference> referencesOf(Digest id) {
        return references.entrySet().stream()
                .filter(entry -> entry.getValue().equals(id))
                .map(Map.Entry::getKey)
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    }

    /**
     * @param blob digest of a blob
     * @param diffId digest of a layer
     * @return the layer's uncompressed size, if an image says that the blob is the layer
     */
    Optional<Long> layerSize(Digest blob, Digest diffId) {
        return images.values().stream()
                .flatMap(image -> image.record.layers().stream())
                .filter(layer -> layer.blob().equals(blob) && layer.diffId().equals(diffId))
                .map(ImageRecord.StoredLayer::size)
                .findAny();
    }

    /**
     * Adds an image, or gives one that is here more names.
     *
     * @param image the image
     * @param names its names in recorded form, taken away from other images
     */
    public synchronized void put(Stored image, Collection<Reference> names) {
        if (!image.equals(images.get(image.id()))) {
            imageRecords.write(image.id().hex(), image.record.toJson());
            images.put(image.id(), image);
        }
        names.forEach(name -> name(name, image.id()));
    }

    /**
     * @param reference a name in recorded form, taken away from the image that had it
     * @param id the image that gets it
     */
    public synchronized void name(Reference reference, Digest id) {
        if (!images.containsKey(id)) {
            throw new NotFound("no such image: " + id + "; it has just been removed");
        }
        if (!id.equals(references.get(reference))) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("version", REFERENCE_VERSION);
            json.put("name", reference.toString());
            json.put("image", id.toString());
            referenceRecords.write(key(reference), JsonObject.write(json));
            references.put(reference, id);
        }
    }

    /**
     * @param reference a name that is to be forgotten
     */
    public synchronized void unname(Reference reference) {
        referenceRecords.delete(key(reference));
        references.remove(reference);
    }

    /** Forgets an image and its names. */
    synchronized void delete(Digest id) {
        imageRecords.delete(id.hex());
        images.remove(id);
        referencesOf(id).forEach(this::unname);
    }

    private static String key(Reference reference) {
        return Digest.of(reference.toString().getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static Named parseReference(byte[] bytes, String where) {
        JsonObject json = Records.parse(bytes, where, REFERENCE_VERSION);
        Reference name = Reference.parse(json.text("name"));
        checkKey(where, key(name));
        return new Named(name, Digest.parse(json.text("image"), where));
    }
}
