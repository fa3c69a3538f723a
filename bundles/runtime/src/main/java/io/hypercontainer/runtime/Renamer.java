// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.runtime.spec.Grammar;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.PodStore;
import java.util.Map;

/** Changes names. A pod that was made for one container has its name. */
final class Renamer {
    private final ContainerStore containers;
    private final PodStore pods;
    private final Index<ManagedContainer> containerIndex;
    private final Index<ManagedPod> podIndex;
    private final Happenings happenings;

    Renamer(
            ContainerStore containers,
            PodStore pods,
            Index<ManagedContainer> containerIndex,
            Index<ManagedPod> podIndex,
            Happenings happenings) {
        this.containers = containers;
        this.pods = pods;
        this.containerIndex = containerIndex;
        this.podIndex = podIndex;
        this.happenings = happenings;
    }

    void rename(ManagedContainer container, String to) {
        Grammar.containerName(to);
        try (Held _ = container.lock()) {
            String from = container.name();
            if (container.record().phase() instanceof Phase.Removing) {
                throw new Conflict("container " + from + " is being removed");
            }
            if (from.equals(to)) {
                throw new Conflict("container '" + from + "' has that name already");
            }
            containerIndex.reserve(container, to);
            try {
                // Its pod follows at the next start of the daemon if this is cut off.
                if (container.pod().record().single()) {
                    renameSingle(container, to);
                } else {
                    save(container, to);
                }
            } catch (HyperException e) {
                containerIndex.release(container, to);
                throw e;
            }
            containerIndex.release(container, from);
            happenings.container(container.record(), "rename", Map.of("oldName", "/" + from));
        }
    }

    private void save(ManagedContainer container, String to) {
        ContainerRecord renamed = container.record().named(to);
        containers.save(renamed);
        container.changed(renamed);
    }

    private void renameSingle(ManagedContainer container, String to) {
        ManagedPod pod = container.pod();
        try (Held _ = pod.lock()) {
            podIndex.reserve(pod, to);
            try {
                save(container, to);
            } catch (HyperException e) {
                podIndex.release(pod, to);
                throw e;
            }
            follow(pod, to);
        }
    }

    void rename(ManagedPod pod, String to) {
        if (pod.record().single()) {
            rename(pod.containers().getFirst(), to);
            return;
        }
        Grammar.podName(to);
        try (Held _ = pod.lock()) {
            if (pod.name().equals(to)) {
                throw new Conflict("pod '" + to + "' has that name already");
            }
            podIndex.reserve(pod, to);
            follow(pod, to);
        }
    }

    /** Gives a pod a name that is reserved for it; the caller holds its lock. */
    private void follow(ManagedPod pod, String to) {
        String from = pod.name();
        PodRecord renamed = pod.record().named(to);
        try {
            pods.save(renamed);
        } catch (HyperException e) {
            podIndex.release(pod, to);
            throw e;
        }
        pod.becomes(renamed);
        podIndex.release(pod, from);
        happenings.pod(renamed, "rename", Map.of("oldName", from));
    }
}
