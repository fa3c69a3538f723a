// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodPhase;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.PodStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops and deletes pods. */
final class PodEnder {
    private static final Logger LOG = LoggerFactory.getLogger(PodEnder.class);

    private final Plugs plugs;
    private final PodStore store;
    private final Index<ManagedPod> index;
    private final Containers containers;
    private final Machines machines;
    private final Remover remover;
    private final Pauser pauser;
    private final Threads threads;
    private final Happenings happenings;

    PodEnder(
            Plugs plugs,
            PodStore store,
            Index<ManagedPod> index,
            Containers containers,
            Machines machines,
            Remover remover,
            Pauser pauser,
            Threads threads,
            Happenings happenings) {
        this.plugs = plugs;
        this.store = store;
        this.index = index;
        this.containers = containers;
        this.machines = machines;
        this.remover = remover;
        this.pauser = pauser;
        this.threads = threads;
        this.happenings = happenings;
    }

    /** Stops all containers at the same time, then the machine. */
    void stop(ManagedPod pod, Optional<Duration> grace) {
        pauser.goOn(pod);
        List<Future<Boolean>> stops = new ArrayList<>();
        for (ManagedContainer container : pod.containers()) {
            stops.add(
                    threads.submit(
                            "stop-" + container.record().shortId(),
                            () -> {
                                containers.stop(container.id(), grace);
                                return true;
                            }));
        }
        stops.forEach(stop -> await(pod, stop));
        if (!pod.record().single()) {
            machines.stop(pod);
        }
    }

    private static void await(ManagedPod pod, Future<Boolean> stop) {
        try {
            stop.get();
        } catch (InterruptedException e) {
            throw new Interrupted("stopping pod " + pod.record().shortId(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    void remove(ManagedPod pod, boolean force, boolean volumes) {
        boolean running =
                pod.record().phase() instanceof PodPhase.Running
                        || pod.containers().stream().anyMatch(PodEnder::isRestarting);
        if (running && !force) {
            throw new Conflict(
                    "pod " + pod.name() + " is running: stop it first, or force its removal");
        }
        plugs.storage().await(pod.record().machine().storage());
        if (running) {
            stop(pod, Optional.of(Duration.ZERO));
        }
        try (Held _ = pod.lock()) {
            if (pod.record().phase() instanceof PodPhase.Removing) {
                return;
            }
            if (pod.record().phase() instanceof PodPhase.Running) {
                throw new Conflict("pod " + pod.name() + " was started meanwhile");
            }
            PodRecord removing = pod.record().in(new PodPhase.Removing(volumes));
            try {
                store.save(removing);
            } catch (Unavailable e) {
                // On a full disk, removing is what helps: see Remover.
                LOG.warn("{}", e.getMessage());
            }
            pod.becomes(removing);
            index.remove(pod);
        }
        finish(pod, volumes);
    }

    private static boolean isRestarting(ManagedContainer container) {
        return container.record().phase() instanceof Phase.Restarting;
    }

    /** Deletes all of a pod of which it has been decided. */
    void finish(ManagedPod pod, boolean volumes) {
        for (ManagedContainer container : pod.containers()) {
            try (Held _ = container.lock()) {
                remover.decide(container, volumes);
                remover.finish(container);
            }
        }
        machines.stop(pod);
        store.delete(pod.id());
        happenings.pod(pod.record(), "destroy");
    }
}
