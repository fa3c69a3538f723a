// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmExit;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.api.hypervisor.VmStats;
import io.hypercontainer.xen.MachineState.DiskState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running machine. All that it knows is in the ledger and in Xen. */
final class XenMachine implements VirtualMachine {
    private static final Logger LOG = LoggerFactory.getLogger(XenMachine.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration TO_DESTROY = Duration.ofSeconds(5);
    private static final int LINES = 200;

    private final Host host;
    private final Acceleration acceleration;
    private final Console console;
    private final CompletableFuture<VmExit> exit = new CompletableFuture<>();
    private final Object changes = new Object();
    private volatile MachineState state;
    private volatile String killed = "";
    private volatile boolean detached;

    XenMachine(Host host, MachineState state, Acceleration acceleration) {
        this.host = host;
        this.state = state;
        this.acceleration = acceleration;
        var terminal =
                host.store()
                        .read("/local/domain/%d/console/tty".formatted(state.domain()))
                        .orElseThrow(() ->
                                new DriverFailure(
                                        "domain %s has no console: is xenconsoled running?"
                                                .formatted(state.domainName())));
        console = Console.copy(Path.of(terminal), state.folder().console());
    }

    /**
     * Begins to watch it.
     *
     * @param endings tells when domains have ended
     * @param whenGone is run after its end
     */
    XenMachine watch(Endings endings, Runnable whenGone) {
        Thread.ofVirtual().name("xen " + state.id()).start(() -> awaitEnd(endings, whenGone));
        return this;
    }

    /** Lets go of the machine, which lives on. */
    void detach() {
        detached = true;
        console.close();
    }

    @Override
    public VmRecord record() {
        var folder = state.folder();
        return new VmRecord(
                state.id(),
                XenHypervisor.NAME,
                folder.path(),
                new ChannelAddress.UnixSocket(folder.agent()),
                folder.console(),
                acceleration,
                Map.of("state", state.json()));
    }

    @Override
    public VmState state() {
        if (hasEnded()) {
            return VmState.ENDED;
        }
        return state.paused() ? VmState.PAUSED : VmState.RUNNING;
    }

    @Override
    public Optional<VmExit> waitForExit(Duration timeout) {
        try {
            return Optional.of(exit.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new Interrupted("wait for the end of machine " + state.id(), e);
        } catch (ExecutionException e) {
            throw new DriverFailure("machine " + state.id() + ": " + e.getCause(), e);
        }
    }

    @Override
    public void kill() {
        if (!exit.isDone()) {
            killed = "it was killed";
            synchronized (changes) {
                host.domains().destroy(state);
            }
        }
        if (waitForExit(PATIENCE).isEmpty()) {
            throw new DriverFailure("the end of machine " + state.id() + " is not noticed");
        }
    }

    @Override
    public List<String> consoleTail(int lines) {
        refuseIfEnded();
        return Console.tail(state.folder().console(), Math.clamp(lines, 1, 1000));
    }

    @Override
    public VmStats stats() {
        refuseIfEnded();
        var processes = state.processes().stream().mapToLong(HostProcess::memory).sum();
        return new VmStats(
                host.xl().processorTime(state.domain()).orElse(Duration.ZERO),
                state.memory() + processes);
    }

    @Override
    public void pause() {
        synchronized (changes) {
            refuseIfEnded();
            if (!state.paused()) {
                // Noted first: a machine that is taken for paused can be let go on.
                state = host.ledger().save(state.withPaused(true));
                host.domains().pause(state);
            }
        }
    }

    @Override
    public void resume() {
        synchronized (changes) {
            refuseIfEnded();
            if (state.paused()) {
                host.domains().unpause(state);
                state = host.ledger().save(state.withPaused(false));
            }
        }
    }

    @Override
    public void addDisk(Disk disk) {
        synchronized (changes) {
            refuseIfEnded();
            Bounds.check(disk);
            if (state.disk(disk.id()).isPresent()) {
                throw new Conflict("machine %s has a disk '%s'".formatted(state.id(), disk.id()));
            }
            if (state.disks().size() >= Bounds.MAX_DISKS) {
                throw new InvalidSpec(
                        "machine %s has %d disks, and no more fit"
                                .formatted(state.id(), Bounds.MAX_DISKS));
            }
            var planned = DiskState.of(disk, state.freeDisk());
            state =
                    host.ledger()
                            .save(
                                    state.withDisks(all -> {
                                        all.add(planned);
                                        return all;
                                    }));
            try {
                state = host.devices().attach(state);
                var attached = state.disk(disk.id()).orElseThrow();
                host.xl().attachDisk(state.domain(), DomainConfig.disk(attached));
                host.devices().connect(state, attached);
            } catch (RuntimeException e) {
                unplug(state.disk(disk.id()).orElseThrow());
                throw e;
            }
        }
    }

    @Override
    public void removeDisk(String id) {
        synchronized (changes) {
            refuseIfEnded();
            unplug(
                    state.disk(id)
                            .orElseThrow(() ->
                                    new NotFound(
                                            "machine "
                                                    + state.id()
                                                    + " has no disk '"
                                                    + id
                                                    + "'")));
        }
    }

    private void unplug(DiskState disk) {
        if (host.devices().isConnected(state, disk)) {
            host.xl().detachDisk(state.domain(), disk.name());
        }
        host.devices().release(state, List.of(disk));
        state =
                host.ledger()
                        .save(
                                state.withDisks(all -> {
                                    all.removeIf(d -> d.id().equals(disk.id()));
                                    return all;
                                }));
    }

    @Override
    public void setForwards(String id, List<Forward> forwards) {
        synchronized (changes) {
            refuseIfEnded();
            var index =
                    state.nic(id)
                            .orElseThrow(() ->
                                    new NotFound(
                                            "machine %s has no interface '%s'"
                                                    .formatted(state.id(), id)));
            var nic = state.nics().get(index);
            new Slirp(state.folder().network(index)).forward(nic.guest(), forwards);
            state =
                    host.ledger()
                            .save(
                                    state.withNic(
                                            index,
                                            n ->
                                                    new MachineState.NicState(
                                                            n.id(),
                                                            n.guest(),
                                                            forwards,
                                                            n.process())));
        }
    }

    private boolean hasEnded() {
        return exit.isDone() || !host.domains().exists(state);
    }

    private void refuseIfEnded() {
        if (hasEnded()) {
            throw new Conflict("virtual machine " + state.id() + " has ended");
        }
    }

    /** Nobody who cannot be asked has said that it ended. */
    private boolean lives() {
        try {
            return host.domains().lives(state);
        } catch (DriverFailure e) {
            LOG.debug("machine {} is taken for alive: {}", state.id(), e.getMessage());
            return true;
        }
    }

    private void awaitEnd(Endings endings, Runnable whenGone) {
        try {
            while (lives()) {
                if (detached) {
                    return;
                }
                endings.await();
            }
            if (detached) {
                return;
            }
            var ended =
                    Await.comes(
                            "the end of a domain", TO_DESTROY, () -> !host.domains().exists(state));
            if (!ended && killed.isEmpty()) {
                killed = "a process of Xen's that belongs to its domain has ended";
            }
            console.awaitEnd();
            synchronized (changes) {
                host.release(state);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (HyperException e) {
            LOG.warn("machine {} leaves something behind", state.id(), e);
        }
        if (!detached) {
            exit.complete(
                    Ending.of(
                            Console.tail(state.folder().console(), LINES), killed, Instant.now()));
            whenGone.run();
        }
    }
}
