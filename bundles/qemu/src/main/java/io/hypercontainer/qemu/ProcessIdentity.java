// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A process that cannot be mistaken for a later one with the same number.
 *
 * @param pid its number
 * @param startTicks when it started, in clock ticks since the host booted (proc(5), {@code stat})
 * @param bootId the host boot that it belongs to
 */
record ProcessIdentity(long pid, long startTicks, String bootId) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    ProcessIdentity {
        Objects.requireNonNull(bootId, "bootId");
    }

    /** What {@code /proc/<pid>/stat} says; ticks are 1/100 s on x86. */
    record Stat(char state, long cpuTicks, int threads, long startTicks) {
        /** The first thread may be done while others still hold the process' files open. */
        boolean hasEnded() {
            return state == 'Z' && threads <= 1;
        }
    }

    static String currentBootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot read " + BOOT_ID, e);
        }
    }

    /** {@return the identity of a process that lives now} */
    static Optional<ProcessIdentity> of(long pid) {
        return stat(pid).map(s -> new ProcessIdentity(pid, s.startTicks(), currentBootId()));
    }

    /** {@return the processes that have been given this argument} */
    static List<ProcessIdentity> withArgument(String argument) {
        return ProcessHandle.allProcesses()
                .flatMap(p -> of(p.pid()).stream())
                .filter(p -> p.arguments().contains(argument))
                .toList();
    }

    /** {@return the processes whose working directory is the given folder} */
    static List<ProcessIdentity> workingIn(Path directory) {
        return ProcessHandle.allProcesses()
                .flatMap(p -> of(p.pid()).stream())
                .filter(p -> p.worksIn(directory))
                .toList();
    }

    static Optional<Stat> stat(long pid) {
        try {
            var text = Files.readString(proc(pid, "stat"), StandardCharsets.ISO_8859_1);
            // The command in parentheses may itself have spaces and parentheses.
            var fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Optional.of(
                    new Stat(
                            fields[0].charAt(0),
                            Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                            Integer.parseInt(fields[17]),
                            Long.parseLong(fields[19])));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Path proc(long pid, String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    boolean alive() {
        return stat(pid).filter(s -> s.startTicks() == startTicks && !s.hasEnded()).isPresent()
                && bootId.equals(currentBootId());
    }

    /** {@return its arguments, empty if it is gone} */
    List<String> arguments() {
        try {
            return Arrays.asList(Files.readString(proc(pid, "cmdline")).split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** {@return whether its working directory is the given folder} */
    boolean worksIn(Path directory) {
        try {
            return Files.readSymbolicLink(proc(pid, "cwd")).equals(directory.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    /** {@return whether its working directory, which may be deleted, is below the given folder} */
    boolean worksBelow(Path folder) {
        try {
            return Files.readSymbolicLink(proc(pid, "cwd")).startsWith(folder.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Ends the process by SIGKILL if it is still this one.
     *
     * @return whether it is gone
     */
    boolean kill(Duration patience) throws InterruptedException {
        var handle = ProcessHandle.of(pid);
        // The handle compares start times again right before it signals.
        if (handle.isPresent() && alive()) {
            handle.get().destroyForcibly();
        }
        return waitUntilGone(patience);
    }

    boolean waitUntilGone(Duration patience) throws InterruptedException {
        var end = System.nanoTime() + patience.toNanos();
        while (alive()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }
}
