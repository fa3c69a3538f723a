// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmExit;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.api.hypervisor.VmStats;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running machine. All that it knows is in its folder and in its processes. */
final class UmlMachine implements VirtualMachine {
    private static final Logger LOG = LoggerFactory.getLogger(UmlMachine.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration GLANCE = Duration.ofMillis(500);

    private final String id;
    private final MachineFolder folder;
    private final Acceleration acceleration;
    private final MachineProcesses processes;
    private final CompletableFuture<VmExit> exit = new CompletableFuture<>();
    private final Object changes = new Object();
    private volatile Notes notes;
    private volatile String killed = "";
    private volatile boolean detached;

    UmlMachine(String id, MachineFolder folder, Acceleration acceleration, Notes notes) {
        this.id = id;
        this.folder = folder;
        this.acceleration = acceleration;
        this.notes = notes;
        this.processes = new MachineProcesses(id, folder.path(), notes.process().orElseThrow());
    }

    /**
     * Begins to watch it, and forwards its ports when its interfaces are up.
     *
     * @param whenGone is run after its end
     */
    UmlMachine watch(Runnable whenGone) {
        Thread.ofVirtual().name("uml " + id).start(() -> awaitEnd(whenGone));
        if (!notes.networks().isEmpty()) {
            Thread.ofVirtual().name("uml network " + id).start(this::forwardWhenUp);
        }
        return this;
    }

    /** {@return its user, -1 if the daemon's} */
    int uid() {
        return notes.uid();
    }

    /** Lets go of the machine, which lives on. */
    void detach() {
        detached = true;
    }

    @Override
    public VmRecord record() {
        return new VmRecord(
                id,
                UmlHypervisor.NAME,
                folder.path(),
                new ChannelAddress.UnixSocket(folder.agent()),
                folder.console(),
                acceleration,
                notes.details());
    }

    @Override
    public VmState state() {
        if (hasEnded()) {
            return VmState.ENDED;
        }
        return processes.stopped() ? VmState.PAUSED : VmState.RUNNING;
    }

    @Override
    public Optional<VmExit> waitForExit(Duration timeout) {
        try {
            return Optional.of(exit.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new Interrupted("wait for the end of machine " + id, e);
        } catch (ExecutionException e) {
            throw new DriverFailure("machine " + id + ": " + e.getCause(), e);
        }
    }

    @Override
    public void kill() {
        kill("it was killed");
        if (waitForExit(PATIENCE).isEmpty()) {
            throw new DriverFailure("the end of machine " + id + " is not noticed");
        }
    }

    private void kill(String reason) {
        if (!exit.isDone()) {
            killed = reason;
        }
        processes.kill();
    }

    @Override
    public List<String> consoleTail(int lines) {
        refuseIfEnded();
        return ConsoleTail.of(folder, Math.clamp(lines, 1, 1000));
    }

    @Override
    public VmStats stats() {
        refuseIfEnded();
        return processes.stats();
    }

    @Override
    public void pause() {
        synchronized (changes) {
            refuseIfEnded();
            processes.stop();
        }
    }

    @Override
    public void resume() {
        synchronized (changes) {
            refuseIfEnded();
            processes.go();
        }
    }

    @Override
    public void setForwards(String nic, List<Forward> forwards) {
        synchronized (changes) {
            refuseIfEnded();
            var network = notes.networks().get(nic);
            if (network == null) {
                throw new NotFound("machine " + id + " has no interface '" + nic + "'");
            }
            if (isUp(network)) {
                network(network).forward(forwards);
            }
            notes = notes.with(nic, forwards);
            notes.write(folder.notes());
        }
    }

    private boolean hasEnded() {
        return exit.isDone() || !processes.alive();
    }

    private void refuseIfEnded() {
        if (hasEnded()) {
            throw new Conflict("virtual machine " + id + " has ended");
        }
    }

    private boolean isUp(Notes.Network network) {
        return network(network).isUp();
    }

    private UserNetwork network(Notes.Network network) {
        return new UserNetwork(folder.networkControl(network.index()), network.guest());
    }

    /**
     * slirp4netns makes its socket, and takes orders, when the guest has its interface up. The
     * agent does that before it starts anything of an image.
     */
    private void forwardWhenUp() {
        try {
            while (!notes.networks().values().stream().allMatch(this::isUp)) {
                if (detached || waitForExit(Duration.ofMillis(5)).isPresent()) {
                    return;
                }
            }
            Confinement.closeFolder(folder.path(), notes.uid());
            synchronized (changes) {
                notes.networks().values().forEach(n -> network(n).forward(n.forwards()));
            }
        } catch (HyperException | IOException e) {
            // Nobody waits any more who could be told: a machine that lacks a port has to end.
            LOG.warn("machine {} ends: {}", id, e.getMessage());
            kill(String.valueOf(e.getMessage()));
        }
    }

    private void awaitEnd(Runnable whenGone) {
        try {
            while (processes.alive()) {
                if (detached) {
                    return;
                }
                processes.root().awaitEnd(GLANCE);
            }
            // The one that has ended waited for all others, unless it was killed itself.
            processes.kill();
            release(folder, notes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (HyperException e) {
            LOG.warn("machine {} leaves something behind", id, e);
        } finally {
            if (!detached) {
                exit.complete(ending());
                whenGone.run();
            }
        }
    }

    /** Takes back what was given to a machine that has ended: its user may become another's. */
    static void release(MachineFolder folder, Notes notes) {
        for (var file : notes.files()) {
            try {
                if (notes.uid() >= 0 && Files.exists(file)) {
                    Confinement.give(file, 0);
                }
            } catch (IOException e) {
                LOG.warn("{} keeps the owner of the machine in {}", file, folder.path(), e);
            }
        }
    }

    private VmExit ending() {
        return Ending.of(folder, killed, Instant.now());
    }
}
