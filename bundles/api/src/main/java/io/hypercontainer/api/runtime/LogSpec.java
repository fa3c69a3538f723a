// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.Map;
import java.util.Optional;

/**
 * What becomes of what a container prints.
 *
 * @param driver {@code json-file} or {@code none}; empty for the daemon's
 * @param options {@code max-size} (such as {@code 10m}) and {@code max-file} of json-file
 */
public record LogSpec(Optional<String> driver, Map<String, String> options) {
    /** As the daemon is configured. */
    public static final LogSpec DEFAULT = new LogSpec(Optional.empty(), Map.of());

    /** Keeps an unmodifiable copy. */
    public LogSpec {
        options = Map.copyOf(options);
    }
}
