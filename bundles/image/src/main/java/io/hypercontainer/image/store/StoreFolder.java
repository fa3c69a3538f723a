// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store's folder: changes that survive a power cut, files that are not finished, damage. */
public final class StoreFolder {
    private static final Logger LOG = LoggerFactory.getLogger(StoreFolder.class);

    /** Ends the names of records. */
    static final String RECORD = ".json";

    private static final FileAttribute<?> OWN =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path root;
    private final Path temporary;
    private final Path damaged;

    /** Files of work that goes on; the rest of {@code tmp} is left from a failure. */
    private final Set<Path> busy = ConcurrentHashMap.newKeySet();

    /**
     * Opens the folder and removes what unfinished work has left.
     *
     * @param root its path, made if need be
     */
    public StoreFolder(Path root) {
        this.root = root;
        temporary = folder("tmp");
        damaged = folder("damaged");
        for (Path leftover : files(temporary)) {
            delete(leftover);
        }
    }

    /**
     * @param name a path in the store
     * @return the folder, made if need be
     */
    Path folder(String name) {
        Path folder = root.resolve(name);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw failure("make the folder", folder, e);
        }
        return folder;
    }

    /** {@return a new empty file in the same file system, for work that is not finished} */
    public Path newTemporaryFile() {
        Path file = temporary.resolve(UUID.randomUUID().toString());
        busy.add(file);
        try {
            return Files.createFile(file, OWN);
        } catch (IOException e) {
            busy.remove(file);
            throw failure("make a file in", temporary, e);
        }
    }

    /** {@return what unfinished work has left} */
    List<Path> leftovers() {
        return files(temporary).stream().filter(file -> !busy.contains(file)).toList();
    }

    /** {@return what was set aside} */
    List<Path> damaged() {
        return files(damaged);
    }

    /**
     * @param name a file's name
     * @return whether such a file was set aside
     */
    public boolean hasAside(String name) {
        return damaged().stream().anyMatch(file -> file.getFileName().toString().startsWith(name));
    }

    /** {@return whether a record was set aside, which may have named what nothing else names} */
    boolean lacksRecords() {
        return damaged().stream().anyMatch(file -> file.getFileName().toString().contains(RECORD));
    }

    /** Writes a file so that after a power cut the old or the new content is there. */
    void write(Path target, byte[] content) {
        Path file = newTemporaryFile();
        try {
            try (FileOutputStream out = new FileOutputStream(file.toFile())) {
                out.write(content);
                out.getFD().sync();
            }
            publish(file, target);
        } catch (IOException e) {
            throw failure("write", target, e);
        } finally {
            delete(file);
        }
    }

    /** Gives a finished, synchronized file its name. */
    void publish(Path finished, Path target) {
        try {
            Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
            busy.remove(finished);
            synchronizeFolderOf(target);
        } catch (IOException e) {
            throw failure("write", target, e);
        }
    }

    /** Channels break when their thread is interrupted; this must be done all the same. */
    private static void synchronizeFolderOf(Path file) throws IOException {
        boolean interrupted = Thread.interrupted();
        boolean done = false;
        while (!done) {
            try (FileChannel folder =
                    FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                folder.force(true);
                done = true;
            } catch (ClosedByInterruptException e) {
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Deletes a file for good; does nothing if there is none. */
    void deleteDurably(Path file) {
        try {
            if (Files.deleteIfExists(file)) {
                synchronizeFolderOf(file);
            }
        } catch (IOException e) {
            throw failure("delete", file, e);
        }
    }

    /** Deletes a file that nobody would miss or mind. */
    void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", file, e.toString());
        } finally {
            busy.remove(file);
        }
    }

    /** Takes a damaged file out of use, but keeps it for whoever wants to know. */
    void setAside(Path file, String why) {
        Path aside = damaged.resolve(file.getFileName() + "." + Instant.now().toEpochMilli());
        try {
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
            LOG.error("image store: {} is damaged ({}); it is kept as {}", file, why, aside);
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", file);
        } catch (IOException e) {
            LOG.error("image store: {} is damaged ({}) and cannot be set aside", file, why, e);
        }
    }

    /** {@return files in a folder of the store} */
    List<Path> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new Unavailable("image store: cannot list " + folder + ": " + reason(e), e);
        }
    }

    /**
     * @param what what was to be done
     * @param file to what
     * @param e why it failed
     * @return the error to throw
     */
    public static HyperException failure(String what, Path file, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new Interrupted("to " + what + " " + file, new InterruptedException());
        }
        String reason = reason(e);
        return new Unavailable(
                reason.contains("No space left") || reason.contains("quota exceeded")
                        ? "image store: cannot %s %s: the disk is full (%s); remove unused images,"
                                        .formatted(what, file, reason)
                                + " containers or volumes"
                        : "image store: cannot " + what + " " + file + ": " + reason,
                e);
    }

    /** The file is named already, and an exception of a file names it again. */
    private static String reason(Exception e) {
        String message =
                e instanceof FileSystemException named && named.getReason() != null
                        ? named.getReason()
                        : e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
