// SPDX-License-Identifier: Apache-2.0
package com.example.thick;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.Root.FileSystem;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of disks, each an ext4 file system in a file. A file gets its name when it is complete
 * and on disk; what a crash leaves has another name and is deleted at the next start.
 */
final class DiskFolder {
    static final List<Path> PROGRAMS =
            List.of(Path.of("/usr/sbin/mke2fs"), Path.of("/usr/bin/fallocate"));

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,200}");
    private static final String SUFFIX = ".ext4";
    private static final String NONE = ".none";
    private static final String LABELS = ".labels";
    private static final String UNFINISHED = ".part";
    private static final long LEAST = 16L << 20;
    private static final int BLOCK = 4096;

    private final Path folder;

    DiskFolder(Path folder) throws IOException {
        this.folder = folder;
        // Hypervisors without privileges open disks by their paths, so folders can be passed
        // through.
        for (var path : List.of(folder.getParent(), folder)) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
        }
        for (var file : files(UNFINISHED)) {
            Files.delete(file);
        }
    }

    /**
     * Makes a disk that takes all of its size from the host now.
     *
     * @throws Conflict if there is one of that name
     * @throws Unavailable if the host has no room for it
     */
    FileSystem make(String name, long size, Map<String, String> labels) {
        var file = file(name);
        if (Files.exists(file)) {
            throw new Conflict("there is a disk '" + name + "' already");
        }
        if (size < LEAST) {
            throw new InvalidSpec("a disk of %d bytes is too small: give 16 MiB".formatted(size));
        }
        var length = (size + BLOCK - 1) / BLOCK * BLOCK;
        var part = folder.resolve(UUID.randomUUID() + UNFINISHED);
        try {
            try (var disk =
                    FileChannel.open(
                            part,
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                var mke2fs = PROGRAMS.getFirst().toString();
                run(
                        mke2fs,
                        "-q",
                        "-F",
                        "-t",
                        "ext4",
                        "-m",
                        "0",
                        // Else the guest writes empty inode tables, and of zeros that are written
                        // QEMU makes holes.
                        "-E",
                        "lazy_itable_init=0",
                        part.toString(),
                        length / 1024 + "k");
                // What mke2fs has written stays; the rest is no longer sparse.
                run(PROGRAMS.getLast().toString(), "-l", Long.toString(length), part.toString());
                disk.force(true);
            }
            writeLabels(name, labels);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            sync();
            return new FileSystem(file, length, "ext4");
        } catch (IOException e) {
            throw new DriverFailure("cannot make disk " + file + ": " + e.getMessage(), e);
        } finally {
            deleteQuietly(part);
        }
    }

    /** They are there before the disk; without it they mean nothing. */
    private void writeLabels(String name, Map<String, String> labels) throws IOException {
        Files.deleteIfExists(file(name, LABELS));
        if (!labels.isEmpty()) {
            var properties = new Properties();
            properties.putAll(labels);
            try (var channel =
                    FileChannel.open(
                            file(name, LABELS),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE)) {
                properties.store(Channels.newOutputStream(channel), name);
                channel.force(true);
            }
        }
    }

    Map<String, String> labels(String name) {
        var file = file(name, LABELS);
        if (!Files.exists(file)) {
            return Map.of();
        }
        try (var in = Files.newInputStream(file)) {
            var properties = new Properties();
            properties.load(in);
            return properties.stringPropertyNames().stream()
                    .collect(Collectors.toMap(Function.identity(), properties::getProperty));
        } catch (IOException e) {
            throw new DriverFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Notes that there is none under this name, on purpose. */
    void makeNone(String name) {
        try {
            Files.createFile(file(name, NONE));
            sync();
        } catch (IOException e) {
            throw new DriverFailure("cannot note disk " + name + ": " + e.getMessage(), e);
        }
    }

    /** {@return the disk of that name, empty if there is none} */
    Optional<FileSystem> find(String name) {
        return Optional.of(file(name)).filter(Files::exists).map(this::describe);
    }

    void delete(String name) {
        try {
            Files.deleteIfExists(file(name));
            Files.deleteIfExists(file(name, NONE));
            Files.deleteIfExists(file(name, LABELS));
            sync();
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + file(name) + ": " + e.getMessage(), e);
        }
    }

    /** {@return all names, those without a disk too} */
    List<String> names() {
        return Stream.of(SUFFIX, NONE)
                .flatMap(suffix ->
                        files(suffix).stream()
                                .map(f -> f.getFileName().toString())
                                .map(n -> n.substring(0, n.length() - suffix.length())))
                .sorted()
                .toList();
    }

    Instant made(String name) {
        try {
            return Files.readAttributes(file(name), BasicFileAttributes.class)
                    .creationTime()
                    .toInstant();
        } catch (IOException e) {
            throw new DriverFailure("cannot look at " + file(name) + ": " + e.getMessage(), e);
        }
    }

    long allocated() {
        return files(SUFFIX).stream().map(this::describe).mapToLong(FileSystem::length).sum();
    }

    private FileSystem describe(Path file) {
        try {
            return new FileSystem(file, Files.size(file), "ext4");
        } catch (IOException e) {
            throw new DriverFailure("cannot look at " + file + ": " + e.getMessage(), e);
        }
    }

    private Path file(String name) {
        return file(name, SUFFIX);
    }

    private Path file(String name, String suffix) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidSpec("'" + name + "' is no name of a disk");
        }
        return folder.resolve(name + suffix);
    }

    private List<Path> files(String suffix) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> f.toString().endsWith(suffix)).toList();
        } catch (IOException e) {
            throw new DriverFailure("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    private void sync() throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteQuietly(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            // the next start deletes it
        }
    }

    private void run(String... command) throws IOException {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(new java.io.File("/dev/null"))
                        .start();
        try (var out = process.getInputStream()) {
            var said = new String(out.readNBytes(4096), StandardCharsets.UTF_8).strip();
            if (process.waitFor() == 0) {
                return;
            }
            if (said.contains("No space left on device") || said.contains("Disk quota exceeded")) {
                throw new Unavailable(
                        "no room for a disk in " + folder + ": remove containers or volumes");
            }
            throw new IOException(command[0] + ": " + said.replace('\n', ' '));
        } catch (InterruptedException e) {
            throw new Interrupted("make a disk in " + folder, e);
        } finally {
            process.destroyForcibly();
        }
    }
}
