// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

import java.time.Instant;
import java.util.Map;

/**
 * A volume.
 *
 * @param name its name
 * @param disk its file system
 * @param created when it was made
 * @param labels what it was made with
 */
public record Volume(
        String name, Root.FileSystem disk, Instant created, Map<String, String> labels) {
    /** Name of the label, without a value, that volumes have which nobody named. */
    public static final String ANONYMOUS = "com.docker.volume.anonymous";

    /** Keeps an unmodifiable copy. */
    public Volume {
        labels = Map.copyOf(labels);
    }

    /** {@return whether nobody named it} */
    public boolean anonymous() {
        return labels.containsKey(ANONYMOUS);
    }
}
