// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What there is on the host that may come from a driver: processes that have to do with the state
 * folder, mounts and loop devices of it, network interfaces, files in memory.
 *
 * @param found a line each
 */
public record Census(Set<String> found) {
    private static final Path PROC = Path.of("/proc");
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final Path BLOCKS = Path.of("/sys/block");

    /** Keeps an unmodifiable copy. */
    public Census {
        found = java.util.Collections.unmodifiableSet(new TreeSet<>(found));
    }

    /** Looks around. */
    public static Census take(Path root) {
        var all = new TreeSet<String>();
        processes(root).map(p -> "process " + p).forEach(all::add);
        mounts(root).map(m -> "mount " + m).forEach(all::add);
        loops(root).map(l -> "loop device " + l).forEach(all::add);
        names(INTERFACES).map(i -> "interface " + i).forEach(all::add);
        return new Census(all);
    }

    /** {@return what is here and was not there before} */
    public Set<String> since(Census before) {
        var more = new TreeSet<>(found);
        more.removeAll(before.found());
        return more;
    }

    /** {@return the processes that work in a folder, or have it on their command line, or open} */
    public static Stream<String> processes(Path folder) {
        return pids().filter(pid -> concerns(pid, folder))
                .map(pid -> pid + " (" + program(pid) + ")");
    }

    /** {@return the numbers of those processes} */
    public static Stream<ProcessHandle> handles(Path folder) {
        return pids().filter(pid -> concerns(pid, folder))
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream());
    }

    private static Stream<String> pids() {
        var own = Long.toString(ProcessHandle.current().pid());
        return names(PROC).filter(n -> n.matches("\\d+")).filter(n -> !n.equals(own));
    }

    private static boolean concerns(String pid, Path folder) {
        var process = PROC.resolve(pid);
        return leads(process.resolve("cwd"), folder)
                || leads(process.resolve("root"), folder)
                || arguments(process).contains(folder.toString())
                || names(process.resolve("fd"))
                        .anyMatch(fd -> leads(process.resolve("fd").resolve(fd), folder));
    }

    private static boolean leads(Path link, Path folder) {
        try {
            return Files.readSymbolicLink(link).startsWith(folder);
        } catch (IOException e) {
            return false; // it has ended, or is none of ours
        }
    }

    private static String arguments(Path process) {
        return read(process.resolve("cmdline")).replace('\0', ' ');
    }

    private static String program(String pid) {
        return read(PROC.resolve(pid).resolve("comm")).strip();
    }

    private static Stream<String> mounts(Path root) {
        return read(PROC.resolve("self/mountinfo"))
                .lines()
                .map(l -> l.split(" ")[4])
                .filter(m -> Path.of(m).startsWith(root));
    }

    private static Stream<String> loops(Path root) {
        return names(BLOCKS)
                .filter(n -> n.startsWith("loop"))
                .map(n -> n + " " + read(BLOCKS.resolve(n).resolve("loop/backing_file")).strip())
                .filter(l -> l.contains(root.toString()));
    }

    /**
     * {@return files in memory and in folders for temporary files whose names have a word in them}
     */
    public static Stream<String> filesNamed(String word) {
        return Stream.of("/dev/shm", "/tmp", "/var/tmp", "/run")
                .map(Path::of)
                .flatMap(folder -> names(folder).map(n -> folder + "/" + n))
                .filter(f -> f.contains(word));
    }

    private static Stream<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList().stream();
        } catch (IOException | UncheckedIOException e) {
            return Stream.empty();
        }
    }

    private static String read(Path file) {
        return bytes(file).map(b -> new String(b, StandardCharsets.UTF_8)).orElse("");
    }

    private static Optional<byte[]> bytes(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
