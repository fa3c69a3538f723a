// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import java.util.HashMap;
import java.util.Map;

/**
 * Which pod's machine has which volume plugged in. A volume is a disk: two guests that mount it at
 * once would destroy its file system, so it belongs to one running pod.
 */
final class VolumeClaims {
    private record Key(String storage, String volume) {}

    private final Map<Key, String> owners = new HashMap<>();

    /**
     * @throws Conflict if another machine has one of the container's volumes
     */
    synchronized void claim(ContainerRecord container) {
        container.volumes().forEach(v -> check(container, v));
        container.volumes().forEach(v -> owners.put(key(container, v), container.pod()));
    }

    private void check(ContainerRecord container, Mounted.InVolume volume) {
        String owner = owners.getOrDefault(key(container, volume), container.pod());
        if (!owner.equals(container.pod())) {
            throw new Conflict(
                    "volume '"
                            + volume.name()
                            + "' is in use by running pod "
                            + owner.substring(0, 12)
                            + ": stop it first, put the containers into one pod, or share a folder"
                            + " of the host instead");
        }
    }

    /** Gives back what a pod that does not run has claimed. */
    synchronized void release(String pod) {
        owners.values().removeIf(pod::equals);
    }

    /** Gives back one volume of a running pod. */
    synchronized void release(String storage, String volume) {
        owners.remove(new Key(storage, volume));
    }

    private static Key key(ContainerRecord container, Mounted.InVolume volume) {
        return new Key(container.storage(), volume.name());
    }
}
