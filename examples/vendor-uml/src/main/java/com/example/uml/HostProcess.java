// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A process that cannot be mistaken for a later one with the same number.
 *
 * @param pid its number
 * @param start when it started, in clock ticks since the host booted (proc(5), {@code stat})
 * @param boot the host boot that it belongs to
 */
record HostProcess(long pid, long start, String boot) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /**
     * What {@code /proc/<pid>/stat} says.
     *
     * @param state {@code T} stopped by a signal, {@code t} stopped by its tracer, {@code Z} ended
     * @param ticks processor time of it and of its children that ended, in 1/100 s
     */
    record Stat(char state, long parent, long ticks, long start) {}

    static Optional<HostProcess> of(long pid) {
        return stat(pid).map(s -> new HostProcess(pid, s.start(), currentBoot()));
    }

    /** {@return all processes whose working directory this is} */
    static List<HostProcess> workingIn(Path folder) {
        try (var processes = ProcessHandle.allProcesses()) {
            return processes
                    .filter(p -> worksIn(p.pid(), folder))
                    .flatMap(p -> of(p.pid()).stream())
                    .filter(HostProcess::alive)
                    .toList();
        }
    }

    static Optional<Stat> stat(long pid) {
        try {
            var text = Files.readString(file(pid, "stat"), StandardCharsets.ISO_8859_1);
            // The command in parentheses may itself have spaces and parentheses.
            var fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Optional.of(
                    new Stat(
                            fields[0].charAt(0),
                            Long.parseLong(fields[1]),
                            Stream.of(fields).skip(11).limit(4).mapToLong(Long::parseLong).sum(),
                            Long.parseLong(fields[19])));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Path file(long pid, String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    static List<String> arguments(long pid) {
        try {
            var text = Files.readString(file(pid, "cmdline"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(text.split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** {@return the process that traces it, 0 if none does} */
    static long tracer(long pid) {
        try (var lines = Files.lines(file(pid, "status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(l -> l.startsWith("TracerPid:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    boolean alive() {
        return stat(pid).filter(s -> s.start() == start && s.state() != 'Z').isPresent()
                && boot.equals(currentBoot());
    }

    Stream<Long> descendants() {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid);
    }

    /** Returns at the latest after the given time. */
    void awaitEnd(Duration limit) throws InterruptedException {
        var handle = ProcessHandle.of(pid);
        if (handle.isEmpty() || !alive()) {
            return;
        }
        try {
            handle.get().onExit().get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // the caller looks again
        }
    }

    /** Sends SIGKILL; the handle compares start times again right before. */
    void kill() {
        var handle = ProcessHandle.of(pid);
        if (handle.isPresent() && alive()) {
            handle.get().destroyForcibly();
        }
    }

    private static boolean worksIn(long pid, Path folder) {
        try {
            return Files.readSymbolicLink(file(pid, "cwd")).equals(folder);
        } catch (IOException e) {
            return false;
        }
    }

    private static String currentBoot() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + BOOT_ID, e);
        }
    }
}
