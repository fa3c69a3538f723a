// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmExit;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.api.hypervisor.VmStats;
import io.hypercontainer.xen.Xl.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running machine. All that it knows is in the ledger and in Xen. */
final class XenMachine implements VirtualMachine {
    private static final Logger LOG = LoggerFactory.getLogger(XenMachine.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration TO_DESTROY = Duration.ofSeconds(5);
    private static final int LINES = 200;

    private final Host host;
    private final PluggedDevices devices;
    private final Set<Capability> capabilities;
    private final Acceleration acceleration;
    private final Console console;
    private final CompletableFuture<VmExit> exit = new CompletableFuture<>();
    private final Object changes = new Object();
    private volatile MachineState state;
    private volatile String killed = "";
    private volatile boolean detached;

    /**
     * @param capabilities those of the driver
     */
    XenMachine(
            Host host,
            MachineState state,
            Set<Capability> capabilities,
            Acceleration acceleration) {
        this.host = host;
        devices = new PluggedDevices(host);
        this.capabilities = capabilities;
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
                host.xl().usage(state.domain()).map(Usage::processorTime).orElse(Duration.ZERO),
                host.memory().get(state) + processes);
    }

    @Override
    public void pause() {
        change(now -> {
            if (!now.paused()) {
                // Noted first: a machine that is taken for paused can be let go on.
                host.ledger().save(now.withPaused(true));
                host.domains().pause(now);
            }
        });
    }

    @Override
    public void resume() {
        change(now -> {
            if (now.paused()) {
                host.domains().unpause(now);
                host.ledger().save(now.withPaused(false));
            }
        });
    }

    @Override
    public void addDisk(Disk disk) {
        Bounds.check(disk, capabilities);
        change(now -> devices.add(now, disk));
    }

    @Override
    public void removeDisk(String id) {
        change(now -> devices.removeDisk(now, id));
    }

    @Override
    public void addNic(Nic nic) {
        refuse(Capability.HOTPLUG_NIC);
        Bounds.check(nic, capabilities);
        change(now -> devices.add(now, nic));
    }

    @Override
    public void removeNic(String id) {
        refuse(Capability.HOTPLUG_NIC);
        change(now -> devices.removeNic(now, id));
    }

    @Override
    public void setForwards(String id, List<Forward> forwards) {
        change(now -> devices.forward(now, id, forwards));
    }

    @Override
    public void setMemory(long bytes) {
        change(now -> host.memory().set(now, bytes));
    }

    @Override
    public void setCpus(int cpus) {
        refuse(Capability.RESIZE_CPUS);
        change(now -> host.cpus().set(now, cpus));
    }

    /** One change at a time; whatever comes of it is in the ledger. */
    private void change(Consumer<MachineState> change) {
        synchronized (changes) {
            refuseIfEnded();
            try {
                change.accept(state);
            } finally {
                state = host.ledger().find(state.id()).orElse(state);
            }
        }
    }

    private void refuse(Capability capability) {
        if (!capabilities.contains(capability)) {
            throw new Unsupported(XenHypervisor.NAME, capability);
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
