// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import io.hypercontainer.image.spec.Configuration;
import io.hypercontainer.image.spec.Reference;
import io.hypercontainer.image.store.TemporaryBlob;
import java.util.List;

/**
 * An image in an archive.
 *
 * @param names its names, in recorded form
 * @param manifest its manifest, as bytes
 * @param config its configuration, as bytes
 * @param configuration its configuration
 * @param layers its layers, lowest first; as many as the configuration has
 */
public record ArchivedImage(
        List<Reference> names,
        byte[] manifest,
        byte[] config,
        Configuration configuration,
        List<TemporaryBlob> layers) {
    /** Keeps unmodifiable copies. */
    public ArchivedImage {
        names = List.copyOf(names);
        layers = List.copyOf(layers);
    }
}
