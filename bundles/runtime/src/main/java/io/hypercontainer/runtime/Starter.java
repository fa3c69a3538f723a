// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.runtime.log.LogPosition;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts containers' processes, in machines that are booted for them if need be. */
final class Starter {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);
    private static final TerminalSize USUAL = new TerminalSize(24, 80);

    private final ContainerStore store;
    private final Machines machines;
    private final Supervisor supervisor;
    private final FileInjector injector;
    private final HealthKeeper health;
    private final Happenings happenings;
    private final Duration patience;
    private final Clock clock;

    /**
     * @param patience how long a guest is waited for that does not answer just now
     */
    Starter(
            ContainerStore store,
            Machines machines,
            Supervisor supervisor,
            FileInjector injector,
            HealthKeeper health,
            Happenings happenings,
            Duration patience,
            Clock clock) {
        this.store = store;
        this.machines = machines;
        this.supervisor = supervisor;
        this.injector = injector;
        this.health = health;
        this.happenings = happenings;
        this.patience = patience;
        this.clock = clock;
    }

    /**
     * Starts a container that does not run; the caller holds its lock. If it fails nothing is left
     * in the machine, nor the machine if it was booted for it.
     *
     * @return the run, its process not yet served by any thread
     * @throws CannotExecute if there is no such program; the container then has exited
     */
    Run start(ManagedContainer container, Optional<TerminalSize> size) throws CannotExecute {
        Timeline time = new Timeline();
        try (Undo undo = new Undo()) {
            Run run = start(container, size, time, undo);
            undo.complete();
            LOG.debug("container {} started: {}", container.record().shortId(), time);
            return run;
        }
    }

    private Run start(
            ManagedContainer container, Optional<TerminalSize> size, Timeline time, Undo undo)
            throws CannotExecute {
        ContainerRecord record = container.record();
        Machines.Place place = machines.enter(container);
        PodRun machine = place.run();
        undo.add(() -> machines.leave(container, machine, true));
        time.mark("machine");
        LogPosition printed = container.log().open();
        undo.add(container.log()::finish);
        ContainerRecord running = record.in(new Phase.Running(clock.instant(), printed));
        store.reserve(running);
        // By then the container has become what the failure made of it.
        undo.add(() -> store.saveReserved(container.record()));
        store.save(running);
        time.mark("record");

        GuestAgent agent = await(container.pod(), machine);
        time.mark("guest");
        if (!container.pod().record().single()) {
            // What a start left there that was cut off.
            agent.destroyContainer(record.id());
        }
        injector.create(record, place.guest(), agent);
        time.mark("mount");
        GuestProcess init = startInit(container, running, agent, size);
        time.mark("execute");

        ProcessSession session =
                new ProcessSession(
                        new ProcessSession.Kind(
                                GuestProcess.INIT,
                                record.options().terminal(),
                                record.options().stdin(),
                                0,
                                0),
                        container.log()::append);
        session.feed(init);
        Run run = new Run(machine, session);
        container.begins(running, run);
        happenings.container(running, "start");
        supervisor.supervise(container.pod(), machine);
        health.begin(container, run);
        return run;
    }

    private GuestAgent await(ManagedPod pod, PodRun machine) {
        try {
            return machine.await(patience);
        } catch (HyperException e) {
            if (machine.isOver()) {
                machines.clear(pod, machine, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private GuestProcess startInit(
            ManagedContainer container,
            ContainerRecord running,
            GuestAgent agent,
            Optional<TerminalSize> size)
            throws CannotExecute {
        ContainerRecord record = container.record();
        try {
            return agent.start(
                    record.id(),
                    new ProcessSpec(
                            GuestProcess.INIT,
                            record.spec().args(),
                            record.spec().env(),
                            record.spec().workdir(),
                            record.spec().user(),
                            record.options().terminal()
                                    ? size.or(() -> Optional.of(USUAL))
                                    : Optional.empty(),
                            record.options().stdin(),
                            record.options().privileged(),
                            record.spec().groups(),
                            record.spec().ulimits()));
        } catch (CannotExecute e) {
            Instant now = clock.instant();
            ExitStatus status = new ExitStatus(e.exitCode(), 0, false, now);
            container.ends(
                    running.in(new Phase.Exited(now, status, String.valueOf(e.getMessage()))),
                    status);
            throw e;
        }
    }
}
