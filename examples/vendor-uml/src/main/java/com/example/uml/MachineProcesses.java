// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.hypervisor.VmStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The processes of a machine:
 *
 * <pre>
 * unshare                 made the namespaces, waits
 *  └ java … Monitor       first of its namespace
 *     ├ slirp4netns       one for each network interface
 *     └ linux.uml         the guest's kernel
 *        ├ linux.uml      two that read and write disks
 *        └ linux.uml …    a process of the guest each, traced
 * </pre>
 */
final class MachineProcesses {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long MILLIS_PER_TICK = 10;
    private static final String KERNEL = "umid=";

    private final String id;
    private final Path folder;
    private final HostProcess root;

    MachineProcesses(String id, Path folder, HostProcess root) {
        this.id = id;
        this.folder = folder;
        this.root = root;
    }

    HostProcess root() {
        return root;
    }

    boolean alive() {
        return root.alive();
    }

    /** {@return whether the kernel is stopped} */
    boolean stopped() {
        return kernel().flatMap(HostProcess::stat).filter(s -> s.state() == 'T').isPresent();
    }

    /**
     * Stops the kernel. A guest's process that computes goes on until its kernel wants something of
     * it: a signal, which its tracer is told of first and the kernel takes for a tick of its clock.
     */
    void stop() {
        var kernel = kernel().orElseThrow(this::noKernel);
        Signals.send(kernel, Signals.STOP);
        await("stop", () -> stateOf(kernel) == 'T');
        var running =
                root.descendants()
                        .filter(p -> HostProcess.tracer(p) == kernel && !halted(p))
                        .toList();
        running.forEach(p -> Signals.send(p, Signals.ALRM));
        await("stop", () -> running.stream().allMatch(MachineProcesses::halted));
    }

    /** Stopped by its tracer; or ended, and its tracer has not yet taken note of it. */
    private static boolean halted(long pid) {
        return stateOf(pid) == 't' || stateOf(pid) == 'Z';
    }

    void go() {
        var kernel = kernel().orElseThrow(this::noKernel);
        Signals.send(kernel, Signals.CONT);
        await("go on", () -> stateOf(kernel) != 'T');
    }

    /** Ends all of them; does nothing if they have ended. */
    void kill() {
        root.kill();
        kill(id, folder);
        await(id, "end", () -> !root.alive());
    }

    /** Ends those that work in a machine's folder, whoever started them. */
    static void kill(String id, Path folder) {
        // Again and again: one that was about to start another was not yet seen.
        await(
                id,
                "end",
                () -> {
                    var left = workingIn(folder);
                    left.forEach(HostProcess::kill);
                    return left.isEmpty();
                });
    }

    VmStats stats() {
        var processes = Stream.concat(Stream.of(root.pid()), root.descendants()).toList();
        var ticks =
                processes.stream()
                        .flatMap(p -> HostProcess.stat(p).stream())
                        .mapToLong(s -> s.ticks());
        return new VmStats(
                Duration.ofMillis(ticks.sum() * MILLIS_PER_TICK),
                processes.stream().mapToLong(MachineProcesses::memory).sum());
    }

    /** {@return those that work in the folder, the ones first from which the others descend} */
    static List<HostProcess> workingIn(Path folder) {
        try {
            return HostProcess.workingIn(folder.toRealPath());
        } catch (IOException e) {
            return List.of(); // there is no such folder
        }
    }

    /** A child of the monitor; those that only have it on their command line are elsewhere. */
    private Optional<Long> kernel() {
        return root.descendants()
                .filter(p -> HostProcess.arguments(p).contains(KERNEL + id))
                .filter(p ->
                        parent(p).flatMap(MachineProcesses::parent).equals(Optional.of(root.pid())))
                .findFirst();
    }

    private static Optional<Long> parent(long pid) {
        return HostProcess.stat(pid).map(HostProcess.Stat::parent);
    }

    private static char stateOf(long pid) {
        return HostProcess.stat(pid).map(HostProcess.Stat::state).orElse('Z');
    }

    private DriverFailure noKernel() {
        return new DriverFailure("machine " + id + " has no kernel process: it is just ending");
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition condition) {
        await(id, what, () -> condition.holds() || !alive());
    }

    private static void await(String id, String what, Condition condition) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.holds()) {
                if (System.nanoTime() > end) {
                    throw new DriverFailure(
                            "processes of machine %s do not %s: the host may hang in a disk"
                                    .formatted(id, what));
                }
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            throw new Interrupted("wait for machine " + id + " to " + what, e);
        }
    }

    private static long memory(long pid) {
        try (var lines = Files.lines(HostProcess.file(pid, "smaps_rollup"))) {
            return lines.filter(l -> l.startsWith("Pss:"))
                            .flatMapToLong(
                                    l -> LongStream.of(Long.parseLong(l.replaceAll("\\D", ""))))
                            .sum()
                    * 1024;
        } catch (IOException | UncheckedIOException e) {
            return 0; // it ended meanwhile
        }
    }
}
