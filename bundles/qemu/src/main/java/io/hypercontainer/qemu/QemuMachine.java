// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmExit;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.api.hypervisor.VmStats;
import java.io.IOException;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running QEMU. */
final class QemuMachine implements VirtualMachine {
    /** Name of the virtio-serial port that leads to the guest agent. */
    static final String AGENT_PORT = "hyper.agent.0";

    static final String STATE = "state";
    private static final Logger LOG = LoggerFactory.getLogger(QemuMachine.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int TAIL_FOR_REASON = 200;

    private final Acceleration acceleration;
    private final Ledger ledger;
    private final @Nullable Process child;
    private final @Nullable QemuOutput output;
    private final PluggedDevices devices;
    // Held while devices or host resources change, and while the end is cleaned up.
    private final ReentrantLock changes = new ReentrantLock();
    private final CompletableFuture<VmExit> exit = new CompletableFuture<>();
    private volatile MachineState state;
    private volatile @Nullable Qmp qmp;
    private volatile @Nullable ConsoleLog console;
    private volatile @Nullable Thread waiter;
    private final SpaceWait space = new SpaceWait(this);
    private volatile boolean stopped = true;
    private volatile boolean pausedByUser;
    private volatile String shutdown = "";
    private volatile boolean killed;
    private volatile boolean detached;

    /**
     * @param child QEMU if this driver started it, null if it is adopted
     * @param output what it says, likewise
     */
    QemuMachine(
            MachineState state,
            Acceleration acceleration,
            Ledger ledger,
            HostResources resources,
            @Nullable Process child,
            @Nullable QemuOutput output) {
        this.state = state;
        this.acceleration = acceleration;
        this.ledger = ledger;
        this.devices = new PluggedDevices(resources, PluggedDevices.PATIENCE);
        this.child = child;
        this.output = output;
    }

    /** Connects to QEMU's monitor and console, and begins to watch it. */
    QemuMachine attach(Qmp.Connector monitor) throws IOException {
        var connected = monitor.connect(this::heard);
        qmp = connected;
        console = ConsoleLog.connect(state.folder().console(), state.folder().consoleLog());
        var status = status();
        stopped = !status.equals("running");
        if (status.equals(SpaceWait.STATUS)) {
            space.begin();
        }
        var _ = connected.closed().thenRun(this::monitorClosed);
        if (child != null) {
            waiter = Thread.ofVirtual().name("qemu-end " + state.id()).start(() -> awaitEnd(child));
        }
        return this;
    }

    /** Notes that the machine is complete, and lets the guest run. */
    void begin() {
        update(state.withLaunched());
        resume();
    }

    /** Undoes what was left half done when an earlier daemon ended. */
    void reconcile() {
        change(s -> devices.reconcile(s, monitor(), this::update));
    }

    /** Lets go of the machine, which lives on. */
    void detach() {
        detached = true;
        if (qmp != null) {
            qmp.close();
        }
        if (console != null) {
            console.close();
        }
        if (output != null) {
            output.close();
        }
        if (waiter != null) {
            waiter.interrupt();
        }
    }

    /**
     * Not {@code onExit}: the JDK keeps what is to happen then until QEMU ends, and with it all of
     * a bundle that may have been replaced long ago.
     */
    private void awaitEnd(Process process) {
        try {
            ended(ExitWords.ofStatus(process.waitFor()));
        } catch (InterruptedException _) {
            // Detached.
        }
    }

    String id() {
        return state.id();
    }

    /** {@return what QEMU calls its run state} */
    String status() {
        return monitor().execute("query-status").path("status").asString("");
    }

    boolean isPausedByUser() {
        return pausedByUser;
    }

    /** {@return whether this driver has nothing more to do with it, by the end of the time} */
    boolean isOverWithin(Duration time) {
        return waitForExit(time).isPresent() || detached;
    }

    /** {@return what keeps the guest from running, if anything} */
    Optional<Holding> problem() {
        return space.isWaiting()
                ? Optional.of(
                        new Holding.Wrong(
                                "process",
                                Long.toString(state.running().pid()),
                                "machine "
                                        + id()
                                        + " stands still because the disk under it is full: make"
                                        + " room and it goes on"))
                : Optional.empty();
    }

    void onExit(Runnable action) {
        var _ = exit.thenRun(action);
    }

    /** {@return the monitor of a machine that has not ended} */
    Qmp monitor() {
        var monitor = qmp;
        if (exit.isDone() || monitor == null) {
            throw new Conflict("virtual machine " + state.id() + " has ended");
        }
        return monitor;
    }

    @Override
    public VmRecord record() {
        var now = state;
        var process = now.running();
        return new VmRecord(
                now.id(),
                QemuHypervisor.NAME,
                now.folder().path(),
                new ChannelAddress.UnixSocket(now.folder().agent()),
                now.folder().consoleLog(),
                acceleration,
                Map.of(
                        "pid",
                        Long.toString(process.pid()),
                        "start",
                        Long.toString(process.startTicks()),
                        "boot",
                        process.bootId(),
                        "qmp",
                        now.folder().qmp().toString(),
                        STATE,
                        now.json()));
    }

    @Override
    public VmState state() {
        if (exit.isDone() || !state.running().alive()) {
            return VmState.ENDED;
        }
        // A guest that waits for room on the disk is not paused: nobody has to let it go on.
        boolean paused = stopped && (pausedByUser || !space.isWaiting());
        return paused ? VmState.PAUSED : VmState.RUNNING;
    }

    @Override
    public Optional<VmExit> waitForExit(Duration timeout) {
        try {
            return Optional.of(exit.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new Interrupted("wait for the end of machine " + state.id(), e);
        } catch (ExecutionException e) {
            throw new DriverFailure("machine " + state.id() + ": " + e.getCause(), e);
        }
    }

    @Override
    public void kill() {
        killed = true;
        try {
            var gone = state.running().kill(PATIENCE);
            if (gone && detached) {
                // Nobody watches for this one any more.
                ended(ExitWords.UNKNOWN);
            }
            if (!gone || waitForExit(PATIENCE).isEmpty()) {
                throw new DriverFailure(
                        "qemu of machine %s (process %d) does not end: the host may hang in a disk"
                                .formatted(state.id(), state.running().pid()));
            }
        } catch (InterruptedException e) {
            throw new Interrupted("kill machine " + state.id(), e);
        }
    }

    @Override
    public List<String> consoleTail(int lines) {
        monitor();
        return ConsoleLog.tail(state.folder().consoleLog(), Math.clamp(lines, 1, 1000));
    }

    @Override
    public VmStats stats() {
        monitor();
        return ProcessCosts.of(state);
    }

    @Override
    public void pause() {
        pausedByUser = true;
        monitor().execute("stop");
        stopped = true;
    }

    @Override
    public void resume() {
        pausedByUser = false;
        monitor().execute("cont");
        stopped = false;
    }

    @Override
    public void addDisk(Disk disk) {
        DiskFiles.check(disk);
        change(s -> devices.addDisk(s, disk, monitor(), this::update));
    }

    @Override
    public void removeDisk(String id) {
        changeRunning(s -> devices.removeDisk(s, id, monitor(), this::update));
    }

    @Override
    public void addNic(Nic nic) {
        Machine.checkNic(nic);
        change(s -> devices.addNic(s, nic, monitor(), this::update));
    }

    @Override
    public void removeNic(String id) {
        changeRunning(s -> devices.removeNic(s, id, monitor(), this::update));
    }

    @Override
    public void setForwards(String id, List<Forward> forwards) {
        change(s -> devices.setForwards(s, id, forwards, monitor(), this::update));
    }

    @Override
    public void addShare(Share share) {
        ShareServer.check(share);
        change(s -> devices.addShare(s, share, monitor(), this::update));
    }

    @Override
    public void setMemory(long bytes) {
        changeRunning(s -> new GuestMemory(monitor(), Machine.memoryPort(s.ports())).set(bytes));
    }

    @Override
    public void setCpus(int cpus) {
        var removable = Accelerations.accelerator(acceleration) == Accelerator.KVM;
        changeRunning(_ -> new GuestCpus(monitor(), removable).set(cpus));
    }

    @Override
    public void removeShare(String tag) {
        changeRunning(s -> devices.removeShare(s, tag, monitor(), this::update));
    }

    /** Becomes the machine of a spec. If that fails it has to be killed. */
    void assign(VmSpec spec) {
        change(s -> new Assignment(monitor(), ledger).make(s, spec, changed -> state = changed));
    }

    @Override
    public void saveTemplate(Path directory) {
        try {
            pause();
            Template.save(monitor(), state, directory);
        } catch (IOException e) {
            throw new DriverFailure(
                    "machine %s cannot be saved as a template in %s: %s"
                            .formatted(state.id(), directory, e.getMessage()),
                    e);
        } finally {
            kill();
        }
    }

    private void changeRunning(Consumer<MachineState> change) {
        if (stopped) {
            throw new Conflict("machine " + state.id() + " is paused: resume it first");
        }
        change(change);
    }

    private void change(Consumer<MachineState> change) {
        changes.lock();
        try {
            monitor();
            change.accept(state);
        } finally {
            changes.unlock();
        }
    }

    private void update(MachineState changed) {
        ledger.save(changed);
        state = changed;
    }

    private void heard(Qmp.Event event) {
        switch (event.name()) {
            case "STOP" -> stopped = true;
            case "RESUME" -> stopped = false;
            case "BLOCK_IO_ERROR" -> {
                if (SpaceWait.isMeant(event)) {
                    space.begin();
                }
            }
            case "SHUTDOWN" -> shutdown = event.data().path("reason").asString("");
            default -> {
                // The rest is awaited by those who cause it, or concerns nobody.
            }
        }
    }

    private void monitorClosed() {
        Thread.ofVirtual().name("machine " + state.id()).start(this::reattachOrEnd);
    }

    /** The monitor's end is the first sign of QEMU's end, and the only one of an adopted QEMU. */
    private void reattachOrEnd() {
        try {
            while (!detached && !exit.isDone()) {
                if (state.running().waitUntilGone(Duration.ofMillis(500))) {
                    if (child == null) {
                        ended(ExitWords.UNKNOWN);
                    }
                    return;
                }
                try {
                    var again = Qmp.connect(state.folder().qmp(), this::heard);
                    qmp = again;
                    var _ = again.closed().thenRun(this::monitorClosed);
                    if (detached) {
                        again.close();
                        return;
                    }
                    if (status().equals(SpaceWait.STATUS)) {
                        space.begin();
                    }
                    return;
                } catch (IOException | DriverFailure | Conflict e) {
                    LOG.debug("Monitor of machine {} is gone", state.id(), e);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void ended(String how) {
        changes.lock();
        try {
            if (exit.isDone()) {
                return;
            }
            // Why it ended was said before it did, and may be on its way to our ears.
            var monitor = qmp;
            if (monitor != null) {
                monitor.awaitEnd();
            }
            var log = console;
            if (log != null) {
                log.awaitEnd();
            }
            if (!detached || killed) {
                cleanUp();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            exit.complete(ExitWords.exit(shutdown, killed, how, lastWords(), Instant.now()));
            changes.unlock();
        }
    }

    private void cleanUp() {
        try {
            var monitor = qmp;
            if (monitor != null) {
                monitor.close();
            }
            HostResources.release(state);
            ledger.forget(state.id());
        } catch (HyperException e) {
            LOG.warn("Machine {} leaves something behind", state.id(), e);
        }
    }

    private List<String> lastWords() {
        try {
            return ConsoleLog.tail(state.folder().consoleLog(), TAIL_FOR_REASON);
        } catch (HyperException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }
}
