// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.runtime.ContainerFiles;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodPhase;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reaches for files of containers, whether they run or not. One that does not run is made in its
 * guest, without its process. Nothing about that is on disk but what the pod holds on the host: if
 * the daemon ends meanwhile, the next one finds a machine that nobody wants and ends it.
 */
final class Visits {
    private final Machines machines;
    private final Booter booter;
    private final Plugger plugger;
    private final Comparer comparer;
    private final Leftovers leftovers;
    private final Duration patience;

    /**
     * @param patience how long a guest is waited for that does not answer just now
     */
    Visits(
            Machines machines,
            Booter booter,
            Plugger plugger,
            Comparer comparer,
            Leftovers leftovers,
            Duration patience) {
        this.machines = machines;
        this.booter = booter;
        this.plugger = plugger;
        this.comparer = comparer;
        this.leftovers = leftovers;
        this.patience = patience;
    }

    /**
     * @param running asks the guest of a container that runs
     */
    ContainerFiles files(
            ManagedContainer container, Function<ManagedContainer, GuestAgent> running) {
        if (container.isRunning()) {
            return whereItRuns(container, running);
        }
        Visit visit = new Visit(container);
        try {
            visit.locks.push(container.lock());
            if (container.isRunning()) {
                visit.close();
                return whereItRuns(container, running);
            }
            if (container.record().phase() instanceof Phase.Removing) {
                throw new Conflict(
                        "container " + container.record().shortId() + " is being removed");
            }
            Machines.Place place = enter(container, visit);
            visit.machine = Optional.of(place.run());
            GuestAgent agent = place.run().await(patience);
            // What was cut off may have left it there.
            agent.destroyContainer(container.id());
            agent.createContainer(place.guest());
            visit.made = true;
            return new GuestFiles(container, place.run(), agent, comparer, visit);
        } catch (HyperException e) {
            visit.close();
            throw e;
        }
    }

    private ContainerFiles whereItRuns(
            ManagedContainer container, Function<ManagedContainer, GuestAgent> running) {
        GuestAgent agent = running.apply(container);
        PodRun run =
                container
                        .pod()
                        .run()
                        .orElseThrow(() ->
                                new Conflict(
                                        "container "
                                                + container.record().shortId()
                                                + " has just ended: try again"));
        return new GuestFiles(container, run, agent, comparer, () -> {});
    }

    /** A pod that does not run stays locked: others would miss the network in this machine. */
    private Machines.Place enter(ManagedContainer container, Visit visit) {
        ManagedPod pod = container.pod();
        machines.awaitRecovery(pod);
        Held lock = pod.lock();
        visit.locks.push(lock);
        if (pod.record().phase() instanceof PodPhase.Removing) {
            throw new Conflict("pod " + pod.record().shortId() + " is being removed");
        }
        if (pod.run().filter(r -> !r.isOver()).isPresent()) {
            Machines.Place place = machines.enter(container);
            visit.locks.pop().close();
            return place;
        }
        leftovers.clear(pod, Optional.empty());
        PodRun run = booter.launch(pod, false);
        run.users().add(container.id());
        visit.machine = Optional.of(run);
        return new Machines.Place(run, plugger.plugIn(container, run), true);
    }

    /** What a container that does not run was given, to be taken back. */
    private final class Visit implements Held {
        private final ManagedContainer container;
        private final Deque<Held> locks = new ArrayDeque<>();
        private Optional<PodRun> machine = Optional.empty();
        private boolean made;

        Visit(ManagedContainer container) {
            this.container = container;
        }

        @Override
        public void close() {
            // An interrupted thread has to give all this back, too.
            boolean interrupted = Thread.interrupted();
            try {
                machine.ifPresent(this::leave);
            } finally {
                while (!locks.isEmpty()) {
                    locks.pop().close();
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /** Unmounting writes back; that it did not is something that the caller must know. */
        private void leave(PodRun run) {
            try {
                if (made) {
                    run.await(patience).destroyContainer(container.id());
                }
            } finally {
                machines.leave(container, run, !made);
            }
        }
    }
}
