// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.runtime.health.HealthMonitor;
import io.hypercontainer.runtime.restart.RestartDecision;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.Supervision;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deals with the end of a container's process or machine, once. */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    /** Docker's code for a container whose process cannot be asked any more. */
    private static final int LOST = 255;

    private final ContainerStore store;
    private final Machines machines;
    private final Remover remover;
    private final HealthMonitor health;
    private final Happenings happenings;
    private final Problems problems;
    private final Consumer<ManagedContainer> restarts;
    private final Clock clock;

    /**
     * @param restarts told of containers that are to be started again
     */
    Ending(
            ContainerStore store,
            Machines machines,
            Remover remover,
            HealthMonitor health,
            Happenings happenings,
            Problems problems,
            Consumer<ManagedContainer> restarts,
            Clock clock) {
        this.store = store;
        this.machines = machines;
        this.remover = remover;
        this.health = health;
        this.happenings = happenings;
        this.problems = problems;
        this.restarts = restarts;
        this.clock = clock;
    }

    /** The process has ended and all that it printed is in the log. */
    void processEnded(ManagedContainer container, Run run, ExitStatus status) {
        if (end(container, run, status, "")) {
            restarts.accept(container);
        }
    }

    /** The guest does not know the container any more. */
    void processLost(ManagedContainer container, Run run, String why) {
        LOG.warn("container {} lost its process: {}", container.record().shortId(), why);
        if (end(container, run, lostStatus(), why)) {
            restarts.accept(container);
        }
    }

    /** The machine has ended, and all that ran in it with it. */
    void machineLost(ManagedPod pod, PodRun run, String why) {
        if (!run.end()) {
            return;
        }
        LOG.warn("pod {} lost its machine: {}", pod.record().shortId(), why);
        List<ManagedContainer> ended = new ArrayList<>();
        for (ManagedContainer container : pod.containers()) {
            Optional<Run> lost = container.run().filter(r -> r.pod().equals(run));
            if (lost.isPresent() && end(container, lost.get(), lostStatus(), why)) {
                ended.add(container);
            }
        }
        run.disconnect();
        machines.clear(pod, run, why);
        // Not before, for they boot another machine.
        ended.forEach(restarts);
    }

    /** A container that ran is found without its machine; the caller holds the lock. */
    void lost(ManagedContainer container, String why) {
        LOG.warn("container {} is lost: {}", container.record().shortId(), why);
        settle(container, Optional.empty(), lostStatus(), why);
    }

    private ExitStatus lostStatus() {
        return new ExitStatus(LOST, 0, false, clock.instant());
    }

    /** {@return whether it had not been dealt with before} */
    private boolean end(ManagedContainer container, Run run, ExitStatus status, String error) {
        if (!run.end()) {
            return false;
        }
        try (Held _ = container.lock()) {
            settle(container, Optional.of(run), status, error);
        } finally {
            run.closeSessions(status, error.isEmpty() ? "the process has ended" : error);
        }
        LOG.info(
                "container {} exited with code {}",
                container.record().shortId(),
                status.exitCode());
        return true;
    }

    private void settle(
            ManagedContainer container, Optional<Run> run, ExitStatus status, String error) {
        Timeline time = new Timeline();
        container.log().finish();
        health.end(container.id());
        Instant since =
                container.record().phase() instanceof Phase.Running running
                        ? running.since()
                        : status.at();
        ContainerRecord exited = exited(container, since, status, error);
        boolean remove = exited.options().autoRemove() && !container.isKept();
        try {
            if (!remove) {
                // On disk before the guest, which knows it too, is gone.
                save(exited);
            }
            time.mark("save");
            happenings.died(exited, status, since);
            run.ifPresent(
                    r -> machines.leave(container, r.pod(), error.isEmpty() && mustSync(exited)));
            time.mark("machine");
            if (remove) {
                remove(container);
            }
            time.mark("remove");
            LOG.debug("container {} ended: {}", container.record().shortId(), time);
        } finally {
            if (exited.phase() instanceof Phase.Restarting) {
                container.restarts(exited, status);
            } else {
                container.ends(exited, status);
            }
        }
    }

    private static ContainerRecord exited(
            ManagedContainer container, Instant since, ExitStatus status, String error) {
        ContainerRecord record = container.record();
        Supervision supervision = record.supervision();
        boolean again =
                RestartDecision.afterEnd(
                        supervision.policy(),
                        status,
                        supervision.restarts(),
                        supervision.stopped());
        return again
                ? record.supervised(supervision.restarted())
                        .in(new Phase.Restarting(since, status, error))
                : record.in(new Phase.Exited(since, status, error));
    }

    /** A container is over even if the disk is full: its next start finds that out by itself. */
    private void save(ContainerRecord exited) {
        String about = "state " + exited.id();
        try {
            store.saveReserved(exited);
            problems.solved(about);
            if (exited.phase() instanceof Phase.Restarting) {
                store.reserve(exited);
            }
        } catch (HyperException e) {
            problems.report(about, String.valueOf(e.getMessage()));
        }
    }

    /** {@return whether the guest may hold data in memory that must get to the disk} */
    private static boolean mustSync(ContainerRecord record) {
        boolean root = !record.options().autoRemove() && !record.options().readOnly();
        return root
                || record.volumes()
                        .anyMatch(v ->
                                !v.readOnly() && !(v.anonymous() && record.options().autoRemove()));
    }

    /** Removes a container that wanted to be removed at its end; the caller holds the lock. */
    void remove(ManagedContainer container) {
        String about = "removing " + container.id();
        try {
            remover.decide(container, true);
            remover.finish(container);
            problems.solved(about);
        } catch (HyperException e) {
            problems.report(
                    about,
                    "container "
                            + container.record().shortId()
                            + " could not be removed: "
                            + e.getMessage());
        }
    }
}
