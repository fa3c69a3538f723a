// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.restart.BackOff;
import io.hypercontainer.runtime.restart.RestartDecision;
import io.hypercontainer.runtime.restart.Sleeper;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.Supervision;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts containers again that have ended. That one is wanted is on disk before, in its phase; a
 * user who stops it takes the phase away.
 */
final class Restarter {
    private static final Logger LOG = LoggerFactory.getLogger(Restarter.class);

    /** Machines that boot at the same time, so that each does in time. */
    private static final int AT_ONCE = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final Plugs plugs;
    private final ContainerStore store;
    private final Starter starter;
    private final Supervisor supervisor;
    private final Problems problems;
    private final Threads threads;
    private final Sleeper sleeper;
    private final Clock clock;
    private final Semaphore places = new Semaphore(AT_ONCE, true);
    private volatile boolean leaving;

    Restarter(
            Plugs plugs,
            ContainerStore store,
            Starter starter,
            Supervisor supervisor,
            Problems problems,
            Threads threads,
            Sleeper sleeper,
            Clock clock) {
        this.plugs = plugs;
        this.store = store;
        this.starter = starter;
        this.supervisor = supervisor;
        this.problems = problems;
        this.threads = threads;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /** {@return whether a container that an earlier daemon left is to be started} */
    static boolean isWanted(ContainerRecord container) {
        Supervision supervision = container.supervision();
        return switch (container.phase()) {
            case Phase.Restarting r -> true;
            case Phase.Exited e ->
                    RestartDecision.atDaemonStart(supervision.policy(), supervision.stopped());
            default -> false;
        };
    }

    /**
     * Starts a container that an earlier daemon left.
     *
     * @param phase how it was left; if it is in another meanwhile, somebody knows better
     */
    void startLeft(ManagedContainer container, Phase phase) {
        try (Held _ = container.lock()) {
            ContainerRecord record = container.record();
            if (!record.phase().equals(phase)) {
                return;
            }
            if (record.phase() instanceof Phase.Exited exited) {
                ContainerRecord next =
                        record.supervised(record.supervision().begun())
                                .in(
                                        new Phase.Restarting(
                                                exited.started(), exited.status(), exited.error()));
                store.save(next);
                container.restarts(next, exited.status());
            }
            again(container);
        }
    }

    /** From now on nothing is started: what is wanted is on disk for the next daemon. */
    void leaveToNextDaemon() {
        leaving = true;
    }

    /** A container has ended; it is started again if that was decided. */
    void again(ManagedContainer container) {
        if (leaving || !(container.record().phase() instanceof Phase.Restarting wanted)) {
            return;
        }
        Duration ran = Duration.between(wanted.started(), clock.instant());
        container.waits(BackOff.next(container.lastWait(), ran));
        try {
            threads.start(
                    "restart-" + container.record().shortId(), () -> restart(container, wanted));
        } catch (Unavailable e) {
            LOG.debug("container {} is left to the next daemon", container.record().shortId());
        }
    }

    private void restart(ManagedContainer container, Phase.Restarting wanted) {
        String about = "restart of " + container.id();
        try {
            boolean settled = false;
            while (!settled) {
                sleeper.sleep(container.lastWait());
                settled = tryRestart(container, wanted, about);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Interrupted e) {
            LOG.trace("stopping", e);
        }
        problems.solved(about);
    }

    /** {@return whether nothing is left to do} */
    private boolean tryRestart(ManagedContainer container, Phase.Restarting wanted, String about)
            throws InterruptedException {
        awaitDrivers(container, about);
        places.acquire();
        try (Held _ = container.lock()) {
            if (leaving || !container.record().phase().equals(wanted)) {
                return true;
            }
            if (container.record().supervision().policy().kind() == RestartPolicy.Kind.NO) {
                giveUp(container, wanted);
                return true;
            }
            supervisor.supervise(container, starter.start(container, Optional.empty()));
            return true;
        } catch (CannotExecute e) {
            // That is how it has ended, and trying again would not help.
            LOG.warn(
                    "container {} is not restarted: {}",
                    container.record().shortId(),
                    e.getMessage());
            return true;
        } catch (Interrupted e) {
            throw e;
        } catch (HyperException e) {
            problems.report(
                    about,
                    "container "
                            + container.record().shortId()
                            + " cannot be restarted, and is tried again: "
                            + e.getMessage());
            container.waits(BackOff.next(container.lastWait(), Duration.ZERO));
            return false;
        } finally {
            places.release();
        }
    }

    private void awaitDrivers(ManagedContainer container, String about)
            throws InterruptedException {
        PodRecord.Machine machine = container.pod().record().machine();
        problems.expect(
                about,
                "container "
                        + container.record().shortId()
                        + " waits for drivers '"
                        + machine.hypervisor()
                        + "', '"
                        + machine.storage()
                        + "' and '"
                        + machine.networkDriver()
                        + "' to be restarted");
        plugs.hypervisors().awaitForever(machine.hypervisor());
        plugs.storage().awaitForever(machine.storage());
        if (!machine.networkDriver().isEmpty()) {
            plugs.networks().awaitForever(machine.networkDriver());
        }
        problems.solved(about);
    }

    /**
     * A user does not want a container to be restarted.
     *
     * @return whether it waited for that
     */
    boolean cancel(ManagedContainer container) {
        try (Held _ = container.lock()) {
            if (!(container.record().phase() instanceof Phase.Restarting wanted)) {
                return false;
            }
            container.changed(
                    container.record().supervised(container.record().supervision().ended()));
            giveUp(container, wanted);
            return true;
        }
    }

    private void giveUp(ManagedContainer container, Phase.Restarting wanted) {
        ContainerRecord exited = container.record().in(wanted.exited());
        try {
            store.saveReserved(exited);
        } catch (Unavailable e) {
            // As with any end: a full disk does not keep a user from it.
            problems.report("state " + exited.id(), String.valueOf(e.getMessage()));
        }
        container.ends(exited, wanted.status());
    }
}
