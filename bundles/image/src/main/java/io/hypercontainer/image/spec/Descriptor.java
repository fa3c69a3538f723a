// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import io.hypercontainer.api.InvalidSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Points to content (OCI image-spec descriptor.md).
 *
 * @param mediaType what it is
 * @param digest which it is
 * @param size its length in bytes
 * @param platform what it is for, if said
 * @param annotations annotations
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Optional<Platform> platform,
        Map<String, String> annotations) {
    private static final int MAX_ANNOTATIONS = 256;

    /** Keeps an unmodifiable copy. */
    public Descriptor {
        annotations = Map.copyOf(annotations);
    }

    /**
     * @param mediaType what it is
     * @param digest which it is
     * @param size its length in bytes
     * @return a descriptor that says no more
     */
    public static Descriptor of(String mediaType, Digest digest, long size) {
        return new Descriptor(mediaType, digest, size, Optional.empty(), Map.of());
    }

    static Descriptor parse(JsonObject json) {
        long size = json.number("size");
        if (size < 0) {
            throw new InvalidSpec(json.where() + ": negative size");
        }
        return new Descriptor(
                json.text("mediaType"),
                Digest.parse(json.text("digest"), json.where()),
                size,
                json.object("platform")
                        .map(p ->
                                new Platform(
                                        p.text("os", ""),
                                        p.text("architecture", ""),
                                        p.text("variant", ""))),
                json.textMap("annotations", MAX_ANNOTATIONS));
    }

    Map<String, Object> toMap() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", MediaTypes.oci(mediaType));
        json.put("digest", digest.toString());
        json.put("size", size);
        return json;
    }

    /** {@return whether it is a statement about another image (provenance, SBOM), not an image} */
    boolean isAttestation() {
        return annotations.containsKey("vnd.docker.reference.type")
                || platform.filter(p -> p.os().equals("unknown")).isPresent();
    }
}
