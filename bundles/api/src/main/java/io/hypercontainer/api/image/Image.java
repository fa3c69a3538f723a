// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.image;

import java.time.Instant;
import java.util.List;

/**
 * An image.
 *
 * @param id digest of its configuration, {@code sha256:} and 64 hex digits
 * @param references its names with tags, as users write them ({@code busybox:latest})
 * @param digests its names with the digest of the manifest ({@code busybox@sha256:…})
 * @param created when it was built
 * @param sizeBytes size of its layers, uncompressed
 * @param layers diff ids of its layers, lowest first
 * @param config what to run and how
 */
public record Image(
        String id,
        List<String> references,
        List<String> digests,
        Instant created,
        long sizeBytes,
        List<String> layers,
        ImageConfig config) {
    /** Keeps unmodifiable copies. */
    public Image {
        references = List.copyOf(references);
        digests = List.copyOf(digests);
        layers = List.copyOf(layers);
    }
}
