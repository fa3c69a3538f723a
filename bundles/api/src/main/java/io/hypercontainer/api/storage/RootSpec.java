// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

import java.util.List;

/**
 * A root file system to make.
 *
 * @param container id of the container that it is for
 * @param layers diff ids of the image's layers, lowest first; may be empty
 * @param sizeBytes the most that may be written to it, 0 for the driver's default
 * @param readOnly whether it is only read: machines, which run as users of their own, get it as a
 *     read-only disk, and its files must be readable for them as those of layers are
 * @param form one of the driver's forms
 */
public record RootSpec(
        String container, List<String> layers, long sizeBytes, boolean readOnly, RootForm form) {
    /** Keeps an unmodifiable copy. */
    public RootSpec {
        layers = List.copyOf(layers);
    }
}
