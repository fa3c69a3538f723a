// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.storage.host.DiskErrors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's folders. What is made is made under {@code tmp} and renamed into its place when it
 * is complete and on disk; what is deleted is renamed away first. So whatever has a name is whole,
 * and what a crash leaves lies in {@code tmp}.
 */
final class Workspace {
    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);

    /** Writes a file, or a folder of files. */
    interface Making {
        void makeAt(Path path) throws IOException;
    }

    private final Path temporary;
    private final Path locks;
    private final Path damaged;
    private final Path layers;
    private final Path roots;
    private final Path volumes;

    /** What is being deleted now. */
    private final Set<Path> graves = ConcurrentHashMap.newKeySet();

    private Workspace(Path base) {
        temporary = base.resolve("tmp");
        locks = base.resolve("locks");
        damaged = base.resolve("damaged");
        layers = base.resolve("layers");
        roots = base.resolve("roots");
        volumes = base.resolve("volumes");
    }

    /** Makes missing folders and removes what a crash has left. */
    static Workspace open(Path base) throws IOException {
        var workspace = new Workspace(base);
        // Unprivileged hypervisors open images by their paths, so folders can be passed through.
        makeFolder(base, "rwx--x--x");
        makeFolder(workspace.layers, "rwxr-xr-x");
        makeFolder(workspace.roots, "rwx--x--x");
        makeFolder(workspace.volumes, "rwx--x--x");
        makeFolder(workspace.temporary, "rwx------");
        makeFolder(workspace.locks, "rwx------");
        makeFolder(workspace.damaged, "rwx------");
        workspace.clear(workspace.temporary);
        workspace.clear(workspace.locks);
        return workspace;
    }

    private void clear(Path folder) throws IOException {
        for (Path leftover : list(folder)) {
            if (!Scratch.isInUse(leftover, locks)) {
                discard(leftover);
            }
        }
    }

    Path layers() {
        return layers;
    }

    Path roots() {
        return roots;
    }

    Path volumes() {
        return volumes;
    }

    /** A place for something that is being made; nothing is there yet. */
    Scratch scratch() throws IOException {
        return Scratch.open(temporary, locks);
    }

    /** What unfinished work has left in {@code tmp}. */
    List<Path> leftovers() throws IOException {
        List<Path> left = new ArrayList<>();
        for (Path path : list(temporary)) {
            if (!graves.contains(path) && !Scratch.isInUse(path, locks)) {
                left.add(path);
            }
        }
        return left;
    }

    /** What was set aside. */
    List<Path> damaged() throws IOException {
        return list(damaged);
    }

    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    /**
     * Makes something and gives it its name when it is complete. If it fails, nothing is left.
     *
     * @param what for the error, as in "make volume x"
     * @param folder where it goes
     * @param name what it is called there; nothing is called so yet
     * @param making puts it, with all its bytes on disk, at a path that nothing has
     */
    void make(String what, Path folder, String name, Making making) {
        try (Scratch scratch = scratch()) {
            Path made = scratch.path();
            try {
                making.makeAt(made);
                if (Files.isDirectory(made)) {
                    sync(made);
                }
                Files.move(made, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                sync(folder);
            } finally {
                discard(made);
            }
        } catch (IOException e) {
            throw DiskErrors.of("cannot " + what, e, temporary);
        }
    }

    /** Makes an empty folder for what is published as one. */
    static void makeFolder(Path folder) throws IOException {
        makeFolder(folder, "rwx--x--x");
    }

    /**
     * Deletes a file or a folder of files, if it is there; gone for good on return.
     *
     * @param what for the error, as in "remove volume x"
     */
    void remove(String what, Path folder, String name) {
        // Without a lock, because a full disk must not keep anything from being deleted.
        Path grave = temporary.resolve(UUID.randomUUID().toString());
        graves.add(grave);
        try {
            if (Files.exists(folder.resolve(name))) {
                Files.move(folder.resolve(name), grave, StandardCopyOption.ATOMIC_MOVE);
                sync(folder);
                delete(grave);
            }
        } catch (IOException e) {
            throw DiskErrors.of("cannot " + what, e, temporary);
        } finally {
            graves.remove(grave);
        }
    }

    /** Moves what can't be read out of the way, for a person to look at. */
    Path setAside(Path name) throws IOException {
        Path aside = damaged.resolve(name.getFileName() + "-" + UUID.randomUUID());
        Files.move(name, aside, StandardCopyOption.ATOMIC_MOVE);
        return aside;
    }

    /** A failure must not hide the error that led here; the next start tries again. */
    private static void discard(Path path) {
        try {
            delete(path);
        } catch (IOException e) {
            LOG.warn("cannot delete {}; the next start will", path, e);
        }
    }

    /** Another version of this driver may be at it, too. */
    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try {
                for (Path file : list(path)) {
                    delete(file);
                }
            } catch (NoSuchFileException e) {
                return;
            }
        }
        Files.deleteIfExists(path);
    }

    private static Path makeFolder(Path folder, String permissions) throws IOException {
        Files.createDirectories(folder);
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
