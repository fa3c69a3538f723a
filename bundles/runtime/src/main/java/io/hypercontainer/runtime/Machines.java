// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.PodPhase;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.PodStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a pod's machine for as long as it is needed: a pod that was made for one container needs it
 * while that container runs, any other from its start until it is stopped.
 */
final class Machines {
    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

    private final Plugs plugs;
    private final PodStore store;
    private final Booter booter;
    private final Plugger plugger;
    private final Leftovers leftovers;
    private final Happenings happenings;
    private final Problems problems;
    private final Threads threads;
    private final Duration patience;

    /**
     * @param patience how long a machine that is being recovered is waited for
     */
    Machines(
            Plugs plugs,
            PodStore store,
            Booter booter,
            Plugger plugger,
            Leftovers leftovers,
            Happenings happenings,
            Problems problems,
            Threads threads,
            Duration patience) {
        this.plugs = plugs;
        this.store = store;
        this.booter = booter;
        this.plugger = plugger;
        this.leftovers = leftovers;
        this.happenings = happenings;
        this.problems = problems;
        this.threads = threads;
        this.patience = patience;
    }

    /**
     * A place for a container in a machine.
     *
     * @param run the machine; its guest may still boot
     * @param guest the container as the guest shall make it
     * @param fresh whether the machine was started for it
     */
    record Place(PodRun run, GuestContainer guest, boolean fresh) {}

    /**
     * Gets a machine for a container that is about to start; the caller holds the container's lock.
     * To be followed by {@link #leave}.
     */
    Place enter(ManagedContainer container) {
        ManagedPod pod = container.pod();
        awaitRecovery(pod);
        try (Held _ = pod.lock()) {
            boolean fresh = pod.run().filter(r -> !r.isOver()).isEmpty();
            PodRun run = run(pod);
            try {
                GuestContainer guest = plugger.plugIn(container, run);
                run.users().add(container.id());
                return new Place(run, guest, fresh);
            } catch (HyperException e) {
                endIfUnused(pod, run);
                throw e;
            }
        }
    }

    /** Boots the machine of a pod that is to run until it is stopped. */
    PodRun start(ManagedPod pod) {
        awaitRecovery(pod);
        try (Held _ = pod.lock()) {
            return run(pod);
        }
    }

    /**
     * @throws Unavailable if the pod runs, but was not found again yet
     */
    void awaitRecovery(ManagedPod pod) {
        if (pod.record().phase() instanceof PodPhase.Running
                && pod.held().isPresent()
                && pod.awaitRun(patience).isEmpty()
                && pod.held().isPresent()) {
            throw new Unavailable(
                    "pod "
                            + pod.record().shortId()
                            + " runs, but the daemon could not take it over yet (its hypervisor"
                            + " driver is '"
                            + pod.record().machine().hypervisor()
                            + "'): see 'info'");
        }
    }

    private PodRun run(ManagedPod pod) {
        PodRecord record = pod.record();
        if (record.phase() instanceof PodPhase.Removing) {
            throw new Conflict("pod " + record.shortId() + " is being removed");
        }
        Optional<PodRun> present = pod.run().filter(r -> !r.isOver());
        if (present.isPresent()) {
            if (present.get().isPaused()) {
                throw new Conflict("pod " + record.shortId() + " is paused: unpause it first");
            }
            return present.get();
        }
        leftovers.clear(pod, Optional.empty());
        PodRun run = booter.launch(pod, true);
        if (!record.single()) {
            try {
                running(pod);
            } catch (HyperException e) {
                end(pod, run);
                throw e;
            }
            happenings.pod(pod.record(), "start");
        }
        return run;
    }

    private void running(ManagedPod pod) {
        PodRecord next = pod.record().in(new PodPhase.Running());
        store.reserve(next);
        store.save(next);
        pod.becomes(next);
    }

    /**
     * A container has ended, or did not come to run; the caller holds its lock.
     *
     * @param sync whether the guest may hold data in memory that must get to the disks
     */
    void leave(ManagedContainer container, PodRun run, boolean sync) {
        ManagedPod pod = container.pod();
        try (Held _ = pod.lock()) {
            run.users().remove(container.id());
            if (sync || isKept(pod, run)) {
                destroy(container, run);
            }
            endIfUnused(pod, run);
        }
    }

    private static boolean isKept(ManagedPod pod, PodRun run) {
        return !run.isOver()
                && (pod.record().phase() instanceof PodPhase.Running || !run.users().isEmpty());
    }

    private static void destroy(ManagedContainer container, PodRun run) {
        try {
            run.agent().ifPresent(agent -> agent.destroyContainer(container.id()));
        } catch (HyperException e) {
            LOG.warn(
                    "the file systems of container {} could not be unmounted: {}",
                    container.record().shortId(),
                    e.getMessage());
        }
    }

    private void endIfUnused(ManagedPod pod, PodRun run) {
        if (run.users().isEmpty() && !isKept(pod, run)) {
            end(pod, run);
        }
    }

    /** A machine has ended by itself, or did not come up. */
    void clear(ManagedPod pod, PodRun run, String why) {
        try (Held _ = pod.lock()) {
            Optional<PodRun> present = pod.run();
            if (present.isPresent() && !present.get().equals(run)) {
                // Somebody has started it again meanwhile.
                return;
            }
            if (present.isPresent() && run.users().isEmpty()) {
                end(pod, run);
            }
            stopped(pod, why);
        }
    }

    /** A pod that ran is found without its machine. */
    void lost(ManagedPod pod, String why) {
        try (Held _ = pod.lock()) {
            if (pod.run().isPresent()) {
                // Somebody has started it again meanwhile.
                return;
            }
            clearNowOrLater(pod, Optional.empty());
            stopped(pod, why);
        }
    }

    /** Ends a machine in which nothing runs any more. */
    void stop(ManagedPod pod) {
        try (Held _ = pod.lock()) {
            stopped(pod, "");
            Optional<PodRun> run = pod.run();
            if (run.isPresent()) {
                end(pod, run.get());
            } else {
                clearNowOrLater(pod, Optional.empty());
            }
        }
    }

    private void stopped(ManagedPod pod, String why) {
        if (!(pod.record().phase() instanceof PodPhase.Running)) {
            return;
        }
        String about = "state of pod " + pod.id();
        PodRecord next = pod.record().in(new PodPhase.Stopped(why));
        try {
            store.saveReserved(next);
            problems.solved(about);
        } catch (HyperException e) {
            problems.report(about, String.valueOf(e.getMessage()));
        }
        pod.becomes(next);
        happenings.ended(pod.record(), why);
    }

    private void end(ManagedPod pod, PodRun run) {
        run.end();
        run.cancelBoot();
        run.interruptWatcher();
        pod.ends();
        clearNowOrLater(pod, Optional.of(run.machine()));
    }

    /**
     * Gives back what a pod holds, now or, if a driver is missing, when it has come; the caller
     * holds the pod's lock.
     */
    private void clearNowOrLater(ManagedPod pod, Optional<Machine> machine) {
        String about = "cleaning " + pod.id();
        try {
            leftovers.clear(pod, machine);
            problems.solved(about);
        } catch (HyperException e) {
            problems.report(
                    about,
                    "pod "
                            + pod.record().shortId()
                            + " has ended but still holds its machine: "
                            + e.getMessage());
            if (e instanceof Unavailable) {
                threads.start(
                        "cleanup-" + pod.record().shortId(),
                        () -> clearWhenDriversCome(pod, about));
            }
        }
    }

    private void clearWhenDriversCome(ManagedPod pod, String about) {
        try {
            awaitDrivers(pod);
            try (Held _ = pod.lock()) {
                if (pod.run().isEmpty()) {
                    leftovers.clear(pod, Optional.empty());
                }
            }
            problems.solved(about);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (HyperException e) {
            problems.report(about, String.valueOf(e.getMessage()));
        }
    }

    /** Waits for the drivers of what a pod holds, however long that takes. */
    void awaitDrivers(ManagedPod pod) throws InterruptedException {
        Optional<MachineRecord> held = pod.held();
        if (held.isPresent()) {
            plugs.hypervisors().awaitForever(held.get().hypervisor());
            if (held.get().endpoint().isPresent()) {
                plugs.networks().awaitForever(held.get().endpoint().get().driver());
            }
            if (!held.get().wiring().originals().isEmpty()) {
                plugs.storage().awaitForever(pod.record().machine().storage());
            }
        }
    }

    /**
     * Takes back what the daemon before this one gave a machine to compare containers with.
     *
     * @param originals what that was
     */
    void takeBack(ManagedPod pod, List<String> originals) throws InterruptedException {
        if (originals.isEmpty()) {
            return;
        }
        awaitDrivers(pod);
        try (Held _ = pod.lock()) {
            // A guest that is halted cannot give a disk back; it goes with the machine.
            pod.run()
                    .filter(run -> !run.isPaused())
                    .ifPresent(
                            run -> originals.forEach(id -> plugger.plugOutOriginal(pod, run, id)));
        }
    }

    /**
     * Makes sure that a container which does not run has nothing in a machine; the caller holds the
     * container's lock.
     *
     * @throws Unavailable if a driver is missing
     */
    void release(ManagedContainer container) {
        ManagedPod pod = container.pod();
        awaitRecovery(pod);
        try (Held _ = pod.lock()) {
            Optional<PodRun> run = pod.run().filter(r -> !r.isOver());
            if (run.isPresent()) {
                plugger.plugOut(container, run.get());
            } else {
                leftovers.clear(pod, Optional.empty());
            }
        }
    }
}
