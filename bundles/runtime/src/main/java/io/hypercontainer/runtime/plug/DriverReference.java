// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

import io.hypercontainer.api.InvalidSpec;
import java.util.Optional;
import org.osgi.framework.Version;

/**
 * How a driver is named where several versions of it may be there: {@code qemu} or {@code
 * qemu@0.1.0}.
 *
 * @param name the driver's name
 * @param version its bundle's version; empty for the best one
 */
public record DriverReference(String name, Optional<Version> version) {
    /**
     * @param text what a user or a record says
     * @return its parts
     * @throws InvalidSpec if what follows the {@code @} is no version
     */
    public static DriverReference parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            return new DriverReference(text, Optional.empty());
        }
        try {
            return new DriverReference(
                    text.substring(0, at), Optional.of(new Version(text.substring(at + 1))));
        } catch (IllegalArgumentException e) {
            throw new InvalidSpec(
                    "'" + text + "' names no driver: expected NAME or NAME@VERSION, as in qemu@1.2",
                    e);
        }
    }

    boolean fits(Plugged<?> plugged) {
        return version.isEmpty() || version.get().equals(plugged.version());
    }

    @Override
    public String toString() {
        return version.map(v -> name + "@" + v).orElse(name);
    }
}
