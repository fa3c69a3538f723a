// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A process that cannot be mistaken for a later one with the same number.
 *
 * @param pid its number
 * @param start when it started, in clock ticks since the host booted (proc(5))
 * @param boot the host boot that it belongs to
 */
record HostProcess(long pid, long start, String boot) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    static Optional<HostProcess> of(long pid) {
        return fields(pid).map(f -> new HostProcess(pid, Long.parseLong(f.get(19)), currentBoot()));
    }

    /** {@return the processes that have been given this argument} */
    static List<HostProcess> withArgument(String argument) {
        return ProcessHandle.allProcesses()
                .filter(p -> arguments(p.pid()).contains(argument))
                .flatMap(p -> of(p.pid()).stream())
                .toList();
    }

    boolean alive() {
        return fields(pid)
                        .filter(f -> Long.parseLong(f.get(19)) == start && !f.get(0).equals("Z"))
                        .isPresent()
                && boot.equals(currentBoot());
    }

    /** Sends SIGKILL; the handle compares start times again right before. */
    void kill() {
        var handle = ProcessHandle.of(pid);
        if (handle.isPresent() && alive()) {
            handle.get().destroyForcibly();
        }
    }

    /** {@return the memory that only it holds plus its share of what it has in common, in bytes} */
    long memory() {
        try (var lines = Files.lines(file(pid, "smaps_rollup"))) {
            return lines.filter(l -> l.startsWith("Pss:"))
                            .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                            .sum()
                    * 1024;
        } catch (IOException | UncheckedIOException e) {
            return 0; // it ended meanwhile
        }
    }

    private static List<String> arguments(long pid) {
        try {
            var text = Files.readString(file(pid, "cmdline"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(text.split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Optional<List<String>> fields(long pid) {
        try {
            var text = Files.readString(file(pid, "stat"), StandardCharsets.ISO_8859_1);
            // The command in parentheses may itself have spaces and parentheses.
            return Optional.of(Arrays.asList(text.substring(text.lastIndexOf(')') + 2).split(" ")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Path file(long pid, String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    private static String currentBoot() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + BOOT_ID, e);
        }
    }
}
