// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.runtime.log.LogPosition;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodPhase;
import io.hypercontainer.runtime.store.PodStore;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds pods again that an earlier daemon left behind: takes over what runs, records what has
 * ended, finishes or undoes what was cut off.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Plugs plugs;
    private final PodStore store;
    private final Index<ManagedPod> index;
    private final VolumeClaims claims;
    private final Machines machines;
    private final Supervisor supervisor;
    private final Ending ending;
    private final Remover remover;
    private final PodEnder ender;
    private final Restarter restarter;
    private final HealthKeeper health;
    private final Problems problems;
    private final Threads threads;

    Recovery(
            Plugs plugs,
            PodStore store,
            Index<ManagedPod> index,
            VolumeClaims claims,
            Machines machines,
            Supervisor supervisor,
            Ending ending,
            Remover remover,
            PodEnder ender,
            Restarter restarter,
            HealthKeeper health,
            Problems problems,
            Threads threads) {
        this.plugs = plugs;
        this.store = store;
        this.index = index;
        this.claims = claims;
        this.machines = machines;
        this.supervisor = supervisor;
        this.ending = ending;
        this.remover = remover;
        this.ender = ender;
        this.restarter = restarter;
        this.health = health;
        this.problems = problems;
        this.threads = threads;
    }

    /** Looks at a pod that was read from the disk; what takes time happens in a thread. */
    void begin(ManagedPod pod) {
        if (isSettled(pod)) {
            return;
        }
        if (pod.held().isPresent()) {
            pod.containers().forEach(this::claim);
        }
        // Noted before the thread runs: who asks right after the start must not hear that all is
        // well.
        problems.expect(about(pod), waiting(pod));
        threads.start("recover-" + pod.record().shortId(), () -> recover(pod));
    }

    private static boolean isSettled(ManagedPod pod) {
        boolean phase =
                pod.record().phase() instanceof PodPhase.Created
                        || pod.record().phase() instanceof PodPhase.Stopped;
        return phase
                && pod.held().isEmpty()
                && !(pod.record().single() && pod.containers().isEmpty())
                && pod.containers().stream().allMatch(Recovery::isSettled);
    }

    private static boolean isSettled(ManagedContainer container) {
        return switch (container.record().phase()) {
            case Phase.Created c -> true;
            case Phase.Exited e ->
                    !container.record().options().autoRemove()
                            && !Restarter.isWanted(container.record());
            default -> false;
        };
    }

    private void claim(ManagedContainer container) {
        try {
            claims.claim(container.record());
        } catch (Conflict e) {
            problems.report("volumes " + container.id(), String.valueOf(e.getMessage()));
        }
    }

    private void recover(ManagedPod pod) {
        try {
            switch (pod.record().phase()) {
                case PodPhase.Creating c -> undoCreation(pod);
                case PodPhase.Removing r -> {
                    awaitDrivers(pod);
                    ender.finish(pod, r.volumes());
                }
                default -> {
                    List<Runnable> restarts =
                            pod.containers().stream()
                                    .filter(c -> Restarter.isWanted(c.record()))
                                    .map(this::restart)
                                    .toList();
                    recoverMachine(pod);
                    restarts.forEach(Runnable::run);
                }
            }
            problems.solved(about(pod));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Interrupted e) {
            LOG.trace("stopping", e);
        } catch (HyperException e) {
            problems.report(
                    about(pod),
                    "pod " + pod.record().shortId() + " could not be recovered: " + e.getMessage());
        }
    }

    private Runnable restart(ManagedContainer container) {
        Phase left = container.record().phase();
        return () -> restarter.startLeft(container, left);
    }

    private static String about(ManagedPod pod) {
        return "recovering " + pod.id();
    }

    private static String waiting(ManagedPod pod) {
        return "pod "
                + pod.record().shortId()
                + " waits for hypervisor driver '"
                + pod.record().machine().hypervisor()
                + "' and storage driver '"
                + pod.record().machine().storage()
                + "' to be recovered";
    }

    private void undoCreation(ManagedPod pod) throws InterruptedException {
        plugs.storage().awaitForever(pod.record().machine().storage());
        for (ManagedContainer container : pod.containers()) {
            try (Held _ = container.lock()) {
                remover.forget(container);
                remover.discard(container, true);
            }
        }
        index.remove(pod);
        store.delete(pod.id());
    }

    private void awaitDrivers(ManagedPod pod) throws InterruptedException {
        plugs.storage().awaitForever(pod.record().machine().storage());
        machines.awaitDrivers(pod);
    }

    private void recoverMachine(ManagedPod pod) throws InterruptedException {
        Optional<VmRecord> vm = pod.held().flatMap(MachineRecord::vm);
        boolean wanted =
                pod.record().phase() instanceof PodPhase.Running
                        || pod.containers().stream().anyMatch(ManagedContainer::isRunning);
        if (vm.isPresent() && wanted) {
            String version =
                    pod.held().map(MachineRecord::hypervisor).orElse(vm.get().hypervisor());
            Machine machine = new Machine(vm.get(), version);
            Hypervisor driver = plugs.hypervisors().awaitForever(version, machine::isHeldBy);
            Optional<VirtualMachine> live = machine.with(driver);
            if (live.isPresent()) {
                List<String> originals =
                        pod.held().map(h -> h.wiring().originals()).orElse(List.of());
                adopt(pod, new PodRun(machine, live.get().state() == VmState.PAUSED));
                machines.takeBack(pod, originals);
            } else {
                awaitDrivers(pod);
                lost(pod, "its virtual machine ended while the daemon was away");
            }
        } else if (wanted || pod.held().isPresent()) {
            awaitDrivers(pod);
            lost(pod, "the host or the daemon ended while it was being started");
        }
        finishContainers(pod);
    }

    /** Threads of their own connect to the guest and see what became of the processes. */
    private void adopt(ManagedPod pod, PodRun run) {
        for (ManagedContainer container : pod.containers()) {
            if (!container.isRunning()) {
                // Whoever starts it just now has its lock, and waits for this.
                continue;
            }
            try (Held _ = container.lock()) {
                if (container.isRunning()) {
                    run.users().add(container.id());
                    Run resumed = new Run(run, init(container));
                    container.begins(container.record(), resumed);
                    health.begin(container, resumed);
                    supervisor.supervise(container, resumed);
                }
            }
        }
        try (Held _ = pod.lock()) {
            pod.begins(run);
        }
        supervisor.supervise(pod, run);
        LOG.info("pod {} runs on", pod.record().shortId());
    }

    private static ProcessSession init(ManagedContainer container) {
        LogPosition before =
                container.record().phase() instanceof Phase.Running running
                        ? running.log()
                        : LogPosition.START;
        LogPosition now = container.log().open();
        return new ProcessSession(
                new ProcessSession.Kind(
                        GuestProcess.INIT,
                        container.record().options().terminal(),
                        container.record().options().stdin(),
                        printed(before.stdout(), now.stdout()),
                        printed(before.stderr(), now.stderr())),
                container.log()::append);
    }

    /** A log that was emptied meanwhile does not tell: the guest knows what it has handed over. */
    private static long printed(long before, long now) {
        return Math.max(0, now - before);
    }

    private void lost(ManagedPod pod, String why) {
        machines.lost(pod, why);
        for (ManagedContainer container : pod.containers()) {
            try (Held _ = container.lock()) {
                // One that somebody has started again meanwhile has a run.
                if (container.isRunning() && container.run().isEmpty()) {
                    ending.lost(container, why);
                    restarter.again(container);
                }
            }
        }
    }

    private void finishContainers(ManagedPod pod) throws InterruptedException {
        for (ManagedContainer container : pod.containers()) {
            Phase phase = container.record().phase();
            boolean remove =
                    phase instanceof Phase.Exited && container.record().options().autoRemove();
            if (!(phase instanceof Phase.Creating)
                    && !(phase instanceof Phase.Removing)
                    && !remove) {
                continue;
            }
            plugs.storage().awaitForever(container.record().storage());
            try (Held _ = container.lock()) {
                if (phase instanceof Phase.Creating) {
                    remover.forget(container);
                    remover.discard(container, true);
                } else if (phase instanceof Phase.Removing) {
                    remover.finish(container);
                } else {
                    ending.remove(container);
                }
            }
        }
        if (pod.record().single() && pod.containers().isEmpty()) {
            index.remove(pod);
            store.delete(pod.id());
        }
    }
}
