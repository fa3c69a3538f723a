// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A path for something that is being made, with a lock that says that somebody is at it. When the
 * driver is exchanged for another version of itself, an import that goes on in the old one is told
 * by it from what a crash has left.
 */
final class Scratch implements AutoCloseable {
    private static final int ID_LENGTH = 36;

    private final Path path;
    private final Path lock;
    private final FileChannel held;

    private Scratch(Path path, Path lock, FileChannel held) {
        this.path = path;
        this.lock = lock;
        this.held = held;
    }

    /**
     * @param temporary where things are made
     * @param locks where their locks are
     */
    static Scratch open(Path temporary, Path locks) throws IOException {
        String name = UUID.randomUUID().toString();
        Path lock = locks.resolve(name);
        FileChannel held =
                FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            held.lock();
            return new Scratch(temporary.resolve(name), lock, held);
        } catch (IOException e) {
            held.close();
            throw e;
        }
    }

    /** A path that nothing has yet. */
    Path path() {
        return path;
    }

    /**
     * Looks whether somebody is at a thing that is being made. Java counts locks for the whole
     * process, so those of an older version of this bundle are seen, too.
     */
    static boolean isInUse(Path thing, Path locks) throws IOException {
        String name = thing.getFileName().toString();
        // What is being made may have files of its own beside it, named after it.
        Path lock = locks.resolve(name.substring(0, Math.min(name.length(), ID_LENGTH)));
        if (!Files.exists(lock)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(lock);
        held.close();
    }
}
