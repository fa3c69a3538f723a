// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.spec.Configuration;
import io.hypercontainer.image.spec.Descriptor;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.Document;
import io.hypercontainer.image.spec.JsonObject;
import io.hypercontainer.image.spec.MediaTypes;
import io.hypercontainer.image.spec.Printable;
import io.hypercontainer.image.spec.Reference;
import io.hypercontainer.image.store.StoreFolder;
import io.hypercontainer.image.store.TemporaryBlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The format of {@code docker save}: manifest.json names configurations, layers and tags. */
final class DockerArchive {
    static final String MANIFEST = "manifest.json";

    private static final int MAX_IMAGES = 1000;
    private static final int MAX_LAYERS = 500;
    private static final int MAX_TAGS = 1000;

    private final SpooledArchive files;

    DockerArchive(SpooledArchive files) {
        this.files = files;
    }

    List<ArchivedImage> images() {
        byte[] manifest = files.file(MANIFEST).read(Document.MAX_BYTES, MANIFEST);
        List<JsonObject> entries = JsonObject.parseArray(manifest, MANIFEST, MAX_IMAGES);
        if (entries.isEmpty()) {
            throw new InvalidSpec("the image archive names no image");
        }
        return entries.stream().map(this::image).toList();
    }

    private ArchivedImage image(JsonObject entry) {
        List<Reference> names =
                entry.texts("RepoTags", MAX_TAGS).stream()
                        .map(tag -> Reference.parse(tag).recorded())
                        .toList();
        String path = entry.text("Config");
        String where =
                names.isEmpty()
                        ? "image " + Printable.line(path, 80)
                        : "image " + names.getFirst().familiar();
        TemporaryBlob file = files.file(path);
        checkName(path, file);
        byte[] config = file.read(Configuration.MAX_BYTES, "configuration of " + where);
        Configuration configuration = Configuration.parse(config, where);
        List<TemporaryBlob> layers =
                entry.texts("Layers", MAX_LAYERS).stream().map(files::file).toList();
        configuration.checkLayers(layers.size(), where);
        return new ArchivedImage(names, manifest(file, layers), config, configuration, layers);
    }

    /** Docker names configurations after their digest. */
    private static void checkName(String path, TemporaryBlob file) {
        String name = path.substring(path.lastIndexOf('/') + 1).replace(".json", "");
        Optional<Digest> digest = Digest.find("sha256:" + name);
        if (digest.isPresent() && !digest.get().equals(file.digest())) {
            throw new InvalidSpec(
                    "the image archive has a configuration "
                            + digest.get()
                            + " with content of "
                            + file.digest());
        }
    }

    /** The format has no manifests; images in the store need one. */
    private static byte[] manifest(TemporaryBlob config, List<TemporaryBlob> layers) {
        return new Document.Manifest(
                        descriptor(MediaTypes.OCI_CONFIG, config),
                        layers.stream().map(l -> descriptor(layerType(l), l)).toList())
                .toJson();
    }

    private static Descriptor descriptor(String mediaType, TemporaryBlob content) {
        return Descriptor.of(mediaType, content.digest(), content.size());
    }

    private static String layerType(TemporaryBlob layer) {
        try (InputStream in = layer.open()) {
            return Decompression.detect(in, "layer " + layer.digest()).layerType();
        } catch (IOException e) {
            throw StoreFolder.failure("read", Path.of(layer.digest().hex()), e);
        }
    }
}
