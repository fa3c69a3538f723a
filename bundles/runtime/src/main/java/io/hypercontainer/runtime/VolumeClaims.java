// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import java.util.HashMap;
import java.util.Map;

/**
 * Which machines have which volumes plugged in. A volume is a disk: two guests that write to it
 * would destroy its file system, so it belongs to one machine, or to several that only read.
 */
final class VolumeClaims {
    private record Key(String storage, String volume) {}

    private final Map<Key, Map<String, Boolean>> writers = new HashMap<>();

    /**
     * @throws Conflict if another machine has one of the container's volumes
     */
    synchronized void claim(ContainerRecord container) {
        container.volumes().forEach(v -> check(container, v));
        container
                .volumes()
                .forEach(v ->
                        writers.computeIfAbsent(key(container, v), k -> new HashMap<>())
                                .merge(container.id(), !v.readOnly(), Boolean::logicalOr));
    }

    private void check(ContainerRecord container, Mounted.InVolume volume) {
        writers.getOrDefault(key(container, volume), Map.of())
                .forEach((other, writes) -> {
                    if (!other.equals(container.id()) && (writes || !volume.readOnly())) {
                        throw new Conflict(
                                "volume '"
                                        + volume.name()
                                        + "' is in use by running container "
                                        + other.substring(0, 12)
                                        + ": stop it, or mount the volume read-only in"
                                        + " both");
                    }
                });
    }

    synchronized void release(String container) {
        writers.values().forEach(users -> users.remove(container));
        writers.values().removeIf(Map::isEmpty);
    }

    private static Key key(ContainerRecord container, Mounted.InVolume volume) {
        return new Key(container.machine().storage(), volume.name());
    }
}
