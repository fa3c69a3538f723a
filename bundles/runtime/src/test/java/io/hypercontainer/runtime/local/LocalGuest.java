// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A machine and the guest in it. */
public final class LocalGuest {
    final VmSpec spec;
    final Map<String, Disk> disks = new ConcurrentHashMap<>();

    /** What is shared with it, by tags. */
    public final Map<String, Share> shares = new ConcurrentHashMap<>();

    final Map<String, GuestContainer> containers = new ConcurrentHashMap<>();

    /** By container and process. */
    final Map<Key, Program> programs = new ConcurrentHashMap<>();

    /** Files of all containers, by path. */
    public final Map<String, byte[]> files = new ConcurrentHashMap<>();

    /** Containers that have not been started and can be written. */
    final Set<String> unsealed = ConcurrentHashMap.newKeySet();

    /** What was unpacked: name, mode, owners and content of each file. */
    public final List<String> unpacked = new CopyOnWriteArrayList<>();

    /** The processes that were started. */
    public final List<ProcessSpec> started = new CopyOnWriteArrayList<>();

    volatile List<Forward> forwards = List.of();
    volatile boolean paused;
    volatile Instant clock = Instant.EPOCH;
    final CompletableFuture<String> end = new CompletableFuture<>();
    volatile @Nullable GuestSetup setup;
    volatile @Nullable LocalAgent connection;

    record Key(String container, String process) {}

    /** How much memory it has now. */
    public volatile long memoryBytes;

    volatile int cpus;

    /** Whether it went on where a template was saved. */
    public volatile boolean cloned;

    /** How its interface was configured. */
    public volatile Optional<GuestNetwork> network = Optional.empty();

    LocalGuest(VmSpec spec) {
        this.spec = spec;
        this.memoryBytes = spec.memoryBytes();
        this.cpus = spec.cpus();
        spec.disks().forEach(d -> disks.put(d.id(), d));
        spec.shares().forEach(s -> shares.put(s.tag(), s));
    }

    /** A process of the guest. */
    static final class Program {
        final String id;
        final Process process;
        final LocalOutput stdout = new LocalOutput();
        final LocalOutput stderr = new LocalOutput();
        final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

        Program(String id, Process process) {
            this.id = id;
            this.process = process;
            Thread.ofVirtual().start(() -> stdout.drain(process.getInputStream()));
            Thread.ofVirtual().start(() -> stderr.drain(process.getErrorStream()));
            var _ = process.onExit().thenAccept(p -> exit.complete(status(p.exitValue())));
        }

        /** The JDK reports a signal as 128 and its number. */
        private static ExitStatus status(int value) {
            return value > 128
                    ? new ExitStatus(0, value - 128, false, Instant.now())
                    : new ExitStatus(value, 0, false, Instant.now());
        }
    }

    Program start(String container, ProcessSpec spec) throws CannotExecute {
        started.add(spec);
        unsealed.remove(container);
        ProcessBuilder builder = new ProcessBuilder(spec.args());
        builder.environment().clear();
        spec.env()
                .forEach(e ->
                        builder.environment()
                                .put(
                                        e.substring(0, e.indexOf('=')),
                                        e.substring(e.indexOf('=') + 1)));
        if (!spec.stdin()) {
            builder.redirectInput(new java.io.File("/dev/null"));
        }
        try {
            Program program = new Program(spec.id(), builder.start());
            programs.put(new Key(container, spec.id()), program);
            synchronized (programs) {
                programs.notifyAll();
            }
            if (spec.id().equals(GuestProcess.INIT)) {
                var _ = program.exit.thenAccept(s -> killAllBut(container, GuestProcess.INIT));
            }
            return program;
        } catch (IOException e) {
            throw new CannotExecute(
                    spec.args().getFirst() + ": " + e.getMessage(),
                    String.valueOf(e.getMessage()).contains("No such file"));
        }
    }

    private void killAllBut(String container, String survivor) {
        programs.forEach((key, program) -> {
            if (key.container().equals(container) && !key.process().equals(survivor)) {
                program.process.destroyForcibly();
            }
        });
    }

    private void killAll() {
        programs.values().forEach(p -> p.process.destroyForcibly());
    }

    /** A container is gone with all its processes. */
    void destroy(String container) {
        killAllBut(container, "");
        programs.keySet().removeIf(key -> key.container().equals(container));
        containers.remove(container);
    }

    /** The machine ends, with all that ran in it. */
    public void end(String reason) {
        // The host hears nothing of the processes: it loses the connection before they die.
        end.complete(reason);
        loseConnection();
        killAll();
    }

    /** The channel between host and guest breaks. */
    public void loseConnection() {
        LocalAgent lost = connection;
        if (lost != null) {
            lost.lose("the channel broke");
        }
    }

    /** {@return what its only container is made of} */
    public GuestContainer container() {
        return containers.values().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the guest has no container"));
    }

    /** {@return what the guest was told of itself} */
    public GuestSetup setup() {
        GuestSetup told = setup;
        if (told == null) {
            throw new IllegalStateException("the guest was told nothing");
        }
        return told;
    }

    /** Somebody types to the first process while no host is connected. */
    public void type(String text) throws IOException {
        Program init = programs.get(new Key(container().id(), GuestProcess.INIT));
        if (init == null) {
            throw new IllegalStateException("the guest runs nothing");
        }
        init.process
                .getOutputStream()
                .write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        init.process.getOutputStream().flush();
        init.exit.join();
    }

    /** The guest is as it was before anything was started in it. */
    public void forget() {
        killAll();
        programs.clear();
    }

    /** {@return the machine} */
    public VmSpec machine() {
        return spec;
    }

    /** {@return the process ids of what runs} */
    public List<String> running() {
        return programs.values().stream().filter(p -> p.process.isAlive()).map(p -> p.id).toList();
    }

    /** {@return a disk that is plugged in} */
    public Disk disk(String id) {
        return java.util.Objects.requireNonNull(disks.get(id));
    }

    /** {@return ids of the disks that are plugged in} */
    public List<String> disks() {
        return disks.keySet().stream().sorted().toList();
    }

    /** The first process of a container is killed, and has ended when this returns. */
    public void kill(String container) {
        Program init = programs.get(new Key(container, GuestProcess.INIT));
        if (init == null) {
            throw new IllegalStateException("the guest does not run " + container);
        }
        init.process.destroyForcibly();
        init.exit.join();
    }

    /** Waits until a process with such an id runs. */
    public void awaitStart(String beginning) throws InterruptedException {
        synchronized (programs) {
            while (running().stream().noneMatch(id -> id.startsWith(beginning))) {
                programs.wait();
            }
        }
    }

    /** Waits until no process with such an id runs. */
    public void awaitEnd(String beginning) {
        programs.forEach((key, program) -> {
            if (key.process().startsWith(beginning)) {
                program.exit.join();
            }
        });
    }

    /** {@return which ports its interface forwards now} */
    public List<Forward> forwards() {
        return forwards;
    }
}
