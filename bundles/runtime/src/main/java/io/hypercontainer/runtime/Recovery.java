// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.runtime.log.LogPosition;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.RunRecord;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds containers again that an earlier daemon left behind: takes over what runs, records what has
 * ended, finishes or undoes what was cut off.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Plugs plugs;
    private final ContainerIndex index;
    private final VolumeClaims claims;
    private final Supervisor supervisor;
    private final Ending ending;
    private final Remover remover;
    private final Problems problems;
    private final Threads threads;

    Recovery(
            Plugs plugs,
            ContainerIndex index,
            VolumeClaims claims,
            Supervisor supervisor,
            Ending ending,
            Remover remover,
            Problems problems,
            Threads threads) {
        this.plugs = plugs;
        this.index = index;
        this.claims = claims;
        this.supervisor = supervisor;
        this.ending = ending;
        this.remover = remover;
        this.problems = problems;
        this.threads = threads;
    }

    /** Looks at a container that was read from the disk; what takes time happens in a thread. */
    void begin(ManagedContainer container) {
        boolean pending =
                switch (container.record().phase()) {
                    case Phase.Running r -> true;
                    case Phase.Creating c -> true;
                    case Phase.Removing r -> true;
                    case Phase.Created c -> container.held().isPresent();
                    case Phase.Exited e ->
                            container.held().isPresent()
                                    || container.record().options().autoRemove();
                };
        if (!pending) {
            return;
        }
        if (container.isRunning()) {
            claim(container);
        }
        threads.start("recover-" + container.record().shortId(), () -> recover(container));
    }

    private void claim(ManagedContainer container) {
        try {
            claims.claim(container.record());
        } catch (Conflict e) {
            problems.report("volumes " + container.id(), String.valueOf(e.getMessage()));
        }
    }

    private void recover(ManagedContainer container) {
        String about = "recovering " + container.id();
        try {
            problems.expect(about, waiting(container));
            switch (container.record().phase()) {
                case Phase.Running r -> adopt(container);
                case Phase.Creating c -> undoCreation(container);
                case Phase.Removing r -> finishRemoval(container);
                default -> cleanUp(container);
            }
            problems.solved(about);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Interrupted e) {
            LOG.trace("stopping", e);
        } catch (HyperException e) {
            problems.report(
                    about,
                    "container "
                            + container.record().shortId()
                            + " could not be recovered: "
                            + e.getMessage());
        }
    }

    private static String waiting(ManagedContainer container) {
        return "container "
                + container.record().shortId()
                + " waits for hypervisor driver '"
                + container.record().machine().hypervisor()
                + "' and storage driver '"
                + container.record().machine().storage()
                + "' to be recovered";
    }

    private void undoCreation(ManagedContainer container) throws InterruptedException {
        plugs.storage().awaitForever(container.record().machine().storage());
        try (ManagedContainer.Held _ = container.lock()) {
            remover.discard(container.record(), true);
            index.remove(container);
        }
    }

    private void finishRemoval(ManagedContainer container) throws InterruptedException {
        awaitDrivers(container);
        try (ManagedContainer.Held _ = container.lock()) {
            remover.finish(container);
        }
    }

    private void cleanUp(ManagedContainer container) throws InterruptedException {
        awaitDrivers(container);
        try (ManagedContainer.Held _ = container.lock()) {
            if (!container.isRunning()) {
                ending.clear(container, Optional.empty());
                if (container.record().phase() instanceof Phase.Exited
                        && container.record().options().autoRemove()) {
                    ending.remove(container);
                }
            }
        }
    }

    private void awaitDrivers(ManagedContainer container) throws InterruptedException {
        plugs.storage().awaitForever(container.record().machine().storage());
        Optional<RunRecord> held = container.held();
        if (held.isPresent()) {
            plugs.hypervisors().awaitForever(held.get().hypervisor());
            if (held.get().endpoint().isPresent()) {
                plugs.networks().awaitForever(held.get().endpoint().get().driver());
            }
        }
    }

    private void adopt(ManagedContainer container) throws InterruptedException {
        Optional<RunRecord> held = container.held();
        Optional<VmRecord> vm = held.flatMap(RunRecord::vm);
        if (vm.isEmpty()) {
            awaitDrivers(container);
            lost(container, "the host or the daemon ended while it was being started");
            return;
        }
        Machine machine = new Machine(vm.get(), held.get().hypervisor());
        while (container.isRunning() && container.run().isEmpty()) {
            Hypervisor driver =
                    plugs.hypervisors().awaitForever(machine.hypervisor(), machine::isHeldBy);
            Optional<VirtualMachine> live = machine.with(driver);
            if (live.isEmpty()) {
                lost(container, "its virtual machine ended while the daemon was away");
                return;
            }
            if (resume(container, machine)) {
                return;
            }
            // The pause ends at once if the machine does.
            live.get().waitForExit(PAUSE);
        }
    }

    /** {@return whether it is settled} */
    private boolean resume(ManagedContainer container, Machine machine) {
        GuestAgent agent;
        try {
            agent = plugs.agents().await().reconnect(machine.record().agent(), ANSWER);
        } catch (Interrupted e) {
            throw e;
        } catch (HyperException e) {
            LOG.warn(
                    "container {} runs, but its guest does not answer: {}",
                    container.record().shortId(),
                    e.getMessage());
            return false;
        }
        try (ManagedContainer.Held _ = container.lock()) {
            if (!container.isRunning() || container.run().isPresent()) {
                agent.close();
                return true;
            }
            Run run = new Run(machine, agent, init(container));
            if (!run.init().resume(agent, container.id())) {
                agent.close();
                lost(container, "the daemon ended while it was being started");
                return true;
            }
            container.begins(container.record(), run);
            supervisor.supervise(container, run);
            LOG.info("container {} runs on", container.record().shortId());
            adoptExecs(container, run, agent);
            return true;
        } catch (Unavailable | DeadlineExceeded e) {
            LOG.warn(
                    "container {} runs, but its guest went silent: {}",
                    container.record().shortId(),
                    e.getMessage());
            agent.close();
            return false;
        } catch (HyperException e) {
            agent.close();
            throw e;
        }
    }

    private static ProcessSession init(ManagedContainer container) {
        LogPosition before = container.held().map(RunRecord::log).orElse(LogPosition.START);
        LogPosition now = container.log().open();
        return new ProcessSession(
                new ProcessSession.Kind(
                        GuestProcess.INIT,
                        container.record().options().terminal(),
                        container.record().options().stdin(),
                        now.stdout() - before.stdout(),
                        now.stderr() - before.stderr()),
                container.log()::append);
    }

    /** Those who started these processes are gone; they still have to be acknowledged. */
    private void adoptExecs(ManagedContainer container, Run run, GuestAgent agent) {
        try {
            agent.containers().stream()
                    .filter(state -> state.id().equals(container.id()))
                    .flatMap(state -> state.processes().stream())
                    .filter(process -> !process.equals(GuestProcess.INIT))
                    .forEach(process -> adoptExec(container, run, agent, process));
        } catch (HyperException e) {
            LOG.warn(
                    "further processes of container {} were not taken over: {}",
                    container.record().shortId(),
                    e.getMessage());
        }
    }

    private void adoptExec(ManagedContainer container, Run run, GuestAgent agent, String process) {
        ProcessSession session =
                new ProcessSession(
                        new ProcessSession.Kind(process, false, false, 0, 0),
                        ProcessSession.Output.NONE);
        if (session.resume(agent, container.id())) {
            run.execs().put(process, session);
            supervisor.serveExec(container, run, session);
        }
    }

    private void lost(ManagedContainer container, String why) {
        try (ManagedContainer.Held _ = container.lock()) {
            if (container.isRunning() && container.run().isEmpty()) {
                ending.lost(container, why);
            }
        }
    }
}
