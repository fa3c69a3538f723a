// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import java.util.HashMap;
import java.util.Map;

/**
 * Which machine has which volume plugged in. A volume is a disk: two guests that mount it at once
 * would destroy its file system, so it belongs to one running container.
 */
final class VolumeClaims {
    private record Key(String storage, String volume) {}

    private final Map<Key, String> owners = new HashMap<>();

    /**
     * @throws Conflict if another machine has one of the container's volumes
     */
    synchronized void claim(ContainerRecord container) {
        container.volumes().forEach(v -> check(container, v));
        container.volumes().forEach(v -> owners.put(key(container, v), container.id()));
    }

    private void check(ContainerRecord container, Mounted.InVolume volume) {
        String owner = owners.getOrDefault(key(container, volume), container.id());
        if (!owner.equals(container.id())) {
            throw new Conflict(
                    "volume '"
                            + volume.name()
                            + "' is in use by running container "
                            + owner.substring(0, 12)
                            + ": stop it first, or share a folder of the host instead");
        }
    }

    synchronized void release(String container) {
        owners.values().removeIf(container::equals);
    }

    private static Key key(ContainerRecord container, Mounted.InVolume volume) {
        return new Key(container.machine().storage(), volume.name());
    }
}
