// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.PodStore;
import io.hypercontainer.runtime.store.Wiring;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells what belongs to a pod or container. What has just been seen on the host belongs to somebody
 * unless the records, read after that, have nobody who holds it or is about to.
 */
final class Owners {
    /** What drivers name as owners. */
    enum Kind {
        /** A virtual machine, whose id is the beginning of its pod's. */
        MACHINE,
        /** A pod's connection to a network. */
        POD,
        /** A container. */
        CONTAINER
    }

    private final Index<ManagedPod> pods;
    private final Index<ManagedContainer> containers;
    private final PodStore podStore;
    private final ContainerStore containerStore;
    private final Predicate<String> templates;

    /**
     * @param templates tells machines that are to become templates
     */
    Owners(
            Index<ManagedPod> pods,
            Index<ManagedContainer> containers,
            PodStore podStore,
            ContainerStore containerStore,
            Predicate<String> templates) {
        this.pods = pods;
        this.containers = containers;
        this.podStore = podStore;
        this.containerStore = containerStore;
        this.templates = templates;
    }

    boolean has(Kind kind, String id) {
        return switch (kind) {
            case MACHINE ->
                    pods.withId(id)
                            .map(pod -> pod.isChanging() || pod.held().isPresent())
                            .orElseGet(() -> isOnDisk(id) || templates.test(id));
            case POD ->
                    pods.withId(id)
                            .map(pod -> pod.isChanging() || isConnected(pod))
                            .orElseGet(() -> isOnDisk(id));
            // As long as nobody has deleted its folder, a damaged record may be repaired.
            case CONTAINER ->
                    containers.withId(id).isPresent()
                            || exists(containerStore.folder(id))
                            || isOriginal(id);
        };
    }

    /** Something that a machine has to compare a container with. */
    private boolean isOriginal(String id) {
        return id.startsWith(Wiring.ORIGINAL)
                && pods.all().stream()
                        .flatMap(pod -> pod.held().stream())
                        .anyMatch(held -> held.wiring().containers().containsKey(id));
    }

    private static boolean isConnected(ManagedPod pod) {
        return pod.held().flatMap(MachineRecord::endpoint).isPresent();
    }

    /**
     * Pods that are being removed are on disk only, and those that this daemon is too old for. The
     * pod of a container whose record is damaged runs for nobody.
     */
    private boolean isOnDisk(String prefix) {
        return podStore.folders(prefix).stream()
                .filter(podStore::hasRecord)
                .map(folder -> containerStore.folder(folder.getFileName().toString()))
                .anyMatch(single -> !exists(single) || containerStore.hasRecord(single));
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Does something to what belongs to nobody, while nobody can begin to own it.
     *
     * @return whether it was done
     */
    boolean whileUnowned(Kind kind, String id, Runnable action) {
        Optional<ManagedPod> pod = kind == Kind.CONTAINER ? Optional.empty() : pods.withId(id);
        if (pod.isEmpty()) {
            // Ids are never used again, and everything is in an index before it owns something.
            action.run();
            return true;
        }
        Optional<Held> lock = pod.get().tryLock();
        if (lock.isEmpty()) {
            return false;
        }
        try (Held _ = lock.get()) {
            if (pod.get().held().isPresent()) {
                return false;
            }
            action.run();
            return true;
        }
    }
}
