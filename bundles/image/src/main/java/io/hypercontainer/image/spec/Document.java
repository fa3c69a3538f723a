// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import io.hypercontainer.api.InvalidSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a registry or layout has under an image's name. */
public sealed interface Document {
    /** The most bytes that a document may have (as in docker). */
    int MAX_BYTES = 4 << 20;

    /**
     * Names one image.
     *
     * @param config its configuration
     * @param layers its layers, lowest first
     */
    record Manifest(Descriptor config, List<Descriptor> layers) implements Document {
        private static final int MAX_LAYERS = 500;

        /** Keeps an unmodifiable copy. */
        public Manifest {
            layers = List.copyOf(layers);
        }

        /**
         * {@return it as an OCI manifest; its parts are said to be OCI's, which docker's are, too}
         */
        public byte[] toJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("schemaVersion", 2);
            json.put("mediaType", MediaTypes.OCI_MANIFEST);
            json.put("config", config.toMap());
            json.put("layers", layers.stream().map(Descriptor::toMap).toList());
            return JsonObject.write(json);
        }

        private static Manifest parse(JsonObject json) {
            Descriptor config =
                    Descriptor.parse(
                            json.object("config")
                                    .orElseThrow(() ->
                                            new InvalidSpec(
                                                    json.where() + " has no" + " configuration")));
            MediaTypes.checkConfig(config.mediaType(), json.where());
            List<Descriptor> layers =
                    json.objects("layers", MAX_LAYERS).stream().map(Descriptor::parse).toList();
            layers.forEach(layer -> MediaTypes.checkLayer(layer.mediaType(), json.where()));
            return new Manifest(config, layers);
        }
    }

    /**
     * Names images for several platforms.
     *
     * @param documents their manifests, or further indexes
     */
    record Index(List<Descriptor> documents) implements Document {
        private static final int MAX_DOCUMENTS = 1000;

        /** Keeps an unmodifiable copy. */
        public Index {
            documents = List.copyOf(documents);
        }

        private static Index parse(JsonObject json) {
            return new Index(
                    json.objects("manifests", MAX_DOCUMENTS).stream()
                            .map(Descriptor::parse)
                            .filter(d -> !d.isAttestation())
                            .toList());
        }

        /**
         * @param where name of the image, for the message
         * @return the document for guests
         */
        public Descriptor forGuests(String where) {
            Optional<Descriptor> said =
                    documents.stream()
                            .filter(d -> d.platform().filter(Platform::runsInGuests).isPresent())
                            .findFirst();
            return said.or(() -> documents.stream().filter(d -> d.platform().isEmpty()).findFirst())
                    .orElseThrow(() -> wrongPlatform(where, platforms()));
        }

        /** {@return what its images are for, for messages} */
        public String platforms() {
            return documents.stream()
                    .flatMap(d -> d.platform().stream())
                    .map(Platform::toString)
                    .distinct()
                    .limit(10)
                    .collect(Collectors.joining(", "));
        }
    }

    /**
     * @param where name of the image
     * @param platforms what it is for
     * @return the error
     */
    static InvalidSpec wrongPlatform(String where, String platforms) {
        return new InvalidSpec(
                where
                        + " is for "
                        + (platforms.isEmpty() ? "no platform" : platforms)
                        + "; this host runs "
                        + Platform.GUEST);
    }

    /**
     * @param bytes a document
     * @param mediaType what its source says it is, empty if it does not say
     * @param where what it is, for messages
     * @return what it says
     */
    static Document parse(byte[] bytes, String mediaType, String where) {
        MediaTypes.checkNotSchema1(mediaType, where);
        JsonObject json = JsonObject.parse(bytes, where);
        String said = json.text("mediaType", mediaType);
        MediaTypes.checkNotSchema1(said, where);
        if (json.number("schemaVersion", 2) != 2) {
            throw new InvalidSpec(where + " has an unknown schema version");
        }
        boolean index = json.has("manifests");
        boolean manifest = json.has("config") || json.has("layers");
        // Both at once would mean one thing to us and another to the next tool (CVE-2021-41190).
        if (index && manifest) {
            throw new InvalidSpec(where + " claims to be both a manifest and an index");
        }
        boolean known = MediaTypes.isIndex(said) || MediaTypes.isManifest(said);
        if (!said.isEmpty() && known && MediaTypes.isIndex(said) != index) {
            throw new InvalidSpec(where + " is not what its media type says");
        }
        if ((!index && !manifest) || (!known && !MediaTypes.saysNothing(said))) {
            throw new InvalidSpec(
                    where + " is no manifest but of media type " + Printable.line(said, 100));
        }
        return index ? Index.parse(json) : Manifest.parse(json);
    }
}
