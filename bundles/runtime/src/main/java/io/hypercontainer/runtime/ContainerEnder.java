// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.runtime.spec.Signals;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends and deletes containers for users, whose will goes before restart policies. */
final class ContainerEnder {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerEnder.class);

    private final ContainerStore store;
    private final Runs runs;
    private final Stopper stopper;
    private final Pauser pauser;
    private final Remover remover;
    private final Restarter restarter;
    private final Happenings happenings;
    private final Duration patience;
    private final Clock clock;

    /**
     * @param patience how long a container that is being recovered is waited for
     */
    ContainerEnder(
            ContainerStore store,
            Runs runs,
            Stopper stopper,
            Pauser pauser,
            Remover remover,
            Restarter restarter,
            Happenings happenings,
            Duration patience,
            Clock clock) {
        this.store = store;
        this.runs = runs;
        this.stopper = stopper;
        this.pauser = pauser;
        this.remover = remover;
        this.restarter = restarter;
        this.happenings = happenings;
        this.patience = patience;
        this.clock = clock;
    }

    void stop(ManagedContainer container, Optional<Duration> grace) {
        if (!endsByUser(container)) {
            return;
        }
        Optional<Run> run = run(container);
        if (run.isPresent()) {
            ContainerRecord record = container.record();
            String signal = record.spec().stopSignal();
            tellSignal(container, Signals.number(signal));
            stopper.stop(
                    container, run.get(), signal, grace.orElse(record.options().stopTimeout()));
        }
        happenings.container(container.record(), "stop");
    }

    /** The daemon ends and takes the container with it, which is no user's wish. */
    void stopWithDaemon(ManagedContainer container) {
        Optional<Run> run = run(container);
        if (run.isPresent()) {
            ContainerRecord record = container.record();
            tellSignal(container, Signals.number(record.spec().stopSignal()));
            stopper.stop(
                    container,
                    run.get(),
                    record.spec().stopSignal(),
                    record.options().stopTimeout());
        }
    }

    /** {@return what is to be stopped; empty if it has ended meanwhile} */
    private Optional<Run> run(ManagedContainer container) {
        try {
            if (container.isRunning()) {
                pauser.goOn(container.pod());
                return Optional.of(runs.of(container));
            }
        } catch (Conflict e) {
            if (container.isRunning()) {
                throw e;
            }
        }
        return Optional.empty();
    }

    void kill(ManagedContainer container, String signal) {
        int number = Signals.number(signal);
        pauser.goOn(container.pod());
        if (ends(container, number) && endsByUser(container) && !container.isRunning()) {
            return;
        }
        Run run = runs.of(container);
        tellSignal(container, number);
        stopper.signal(container, run, signal);
    }

    /** A user sends a signal to a container to whose process he is connected. */
    void signalled(ManagedContainer container, int signal) {
        if (ends(container, signal)) {
            endsByUser(container);
        }
        tellSignal(container, signal);
    }

    private static boolean ends(ManagedContainer container, int signal) {
        return Signals.ends(signal, container.record().spec().stopSignal());
    }

    private void tellSignal(ManagedContainer container, int signal) {
        happenings.container(
                container.record(), "kill", Map.of("signal", Integer.toString(signal)));
    }

    /**
     * Notes that a user wants a container to end, before it does, and ends its waiting for a
     * restart.
     *
     * @return whether it ran or waited
     */
    private boolean endsByUser(ManagedContainer container) {
        try (Held _ = container.lock()) {
            if (restarter.cancel(container)) {
                return true;
            }
            if (!container.isRunning()) {
                return false;
            }
            ContainerRecord record = container.record();
            ContainerRecord ending = record.supervised(record.supervision().ended());
            container.changed(ending);
            if (record.supervision().policy().kind() != RestartPolicy.Kind.NO) {
                save(ending);
            }
            return true;
        }
    }

    private void save(ContainerRecord ending) {
        try {
            store.save(ending);
        } catch (Unavailable e) {
            // On a full disk, ending is what helps.
            LOG.warn("{}", e.getMessage());
        }
    }

    void remove(ManagedContainer container, boolean force, boolean volumes) {
        String id = container.record().shortId();
        if (force && endsByUser(container) && container.isRunning()) {
            pauser.goOn(container.pod());
            tellSignal(container, Signals.KILL);
            container.awaitRun(patience).ifPresent(run -> stopper.kill(container, run));
        }
        try (Held _ = container.lock()) {
            if (container.record().phase() instanceof Phase.Removing) {
                return;
            }
            if (container.record().phase() instanceof Phase.Restarting
                    || (container.isRunning() && !(force && container.run().isEmpty()))) {
                throw new Conflict(
                        "container "
                                + id
                                + " is "
                                + container.view().state().word()
                                + ": stop it first, or force its removal");
            }
            remover.prepare(container);
            remover.decide(container, volumes);
            remover.finish(container);
            container.ends(
                    container.record(), new ExitStatus(0, Signals.KILL, false, clock.instant()));
        }
    }
}
