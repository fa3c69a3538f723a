// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

import java.util.List;

/**
 * Names a layer of an image.
 *
 * @param diffId digest of its uncompressed archive, {@code sha256:} and 64 hex digits
 * @param parents diff ids of the layers below it, lowest first, for drivers to which a layer is a
 *     change of what is below
 */
public record Layer(String diffId, List<String> parents) {
    /** Keeps an unmodifiable copy. */
    public Layer {
        parents = List.copyOf(parents);
    }
}
