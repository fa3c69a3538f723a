// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.podfile.PodFile;

/** Removes pods, and the volumes that were made for them. */
final class PodRemoval {
    private PodRemoval() {}

    /**
     * Removes a pod.
     *
     * @param force stop it first
     * @param volumes remove the volumes that its pod file asked the storage driver for, and
     *     anonymous ones
     */
    static void remove(Runtime runtime, String name, boolean force, boolean volumes) {
        Pod pod = runtime.pods().get(name);
        runtime.pods().remove(pod.id(), force, volumes);
        String own = pod.labels().getOrDefault(PodFile.VOLUMES_LABEL, "");
        if (volumes && !own.isEmpty()) {
            for (String volume : own.split(",", -1)) {
                remove(runtime, volume);
            }
        }
    }

    /** A volume that another container has come to use stays. */
    private static void remove(Runtime runtime, String volume) {
        try {
            runtime.volumes().remove(volume);
        } catch (NotFound | Conflict e) {
            // It never was made, or is no longer the pod's alone.
        }
    }
}
