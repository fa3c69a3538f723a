// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

import java.util.Map;

/**
 * A volume to make.
 *
 * @param name its name, {@code [a-zA-Z0-9][a-zA-Z0-9_.-]*}
 * @param sizeBytes the most it shall hold, 0 for the driver's default
 * @param labels what the driver keeps with it and does not look at
 */
public record VolumeSpec(String name, long sizeBytes, Map<String, String> labels) {
    /** Keeps an unmodifiable copy. */
    public VolumeSpec {
        labels = Map.copyOf(labels);
    }

    /**
     * A volume of the usual size.
     *
     * @param name its name
     * @return the volume to make
     */
    public static VolumeSpec of(String name) {
        return new VolumeSpec(name, 0, Map.of());
    }
}
