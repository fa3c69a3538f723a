// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that holds either what was written last or what was written before. */
public final class AtomicFile {
    /** Ends the names of files that were not finished. */
    static final String UNFINISHED = ".tmp";

    /** Ends the names of files that keep room on the disk. */
    static final String RESERVE = ".reserve";

    private AtomicFile() {}

    /**
     * Writes a file; an interruption of the thread does not stop it half-way.
     *
     * @param durable whether it must survive a crash of the host, not only one of the daemon
     */
    public static void write(Path folder, String name, byte[] content, boolean durable)
            throws IOException {
        Path unfinished = folder.resolve(name + UNFINISHED);
        try {
            fill(unfinished, content, durable);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        if (durable) {
            forceFolder(folder);
        }
    }

    /** Keeps room on the disk for one {@link #writeReserved}; whoever gets past this has it. */
    static void reserve(Path folder, String name, int bytes) throws IOException {
        Path reserve = folder.resolve(name + RESERVE);
        try {
            fill(reserve, new byte[bytes], false);
        } catch (IOException e) {
            Files.deleteIfExists(reserve);
            throw e;
        }
    }

    /** Writes a file as {@link #write} does, in the reserved room if the disk has no other. */
    static void writeReserved(Path folder, String name, byte[] content) throws IOException {
        Path reserve = folder.resolve(name + RESERVE);
        try {
            write(folder, name, content, true);
            Files.deleteIfExists(reserve);
        } catch (IOException full) {
            if (!Files.exists(reserve) || Files.size(reserve) < content.length) {
                throw full;
            }
            // Its blocks are its own already: this takes none from the disk.
            uninterrupted(() -> {
                try (FileChannel channel = FileChannel.open(reserve, StandardOpenOption.WRITE)) {
                    channel.truncate(content.length);
                    writeAll(channel, content);
                    channel.force(true);
                }
            });
            Files.move(reserve, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            forceFolder(folder);
        }
    }

    private static void fill(Path file, byte[] content, boolean durable) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                writeAll(channel, content);
                if (durable) {
                    channel.force(true);
                }
            }
        });
    }

    private static void writeAll(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Makes creations, renames and deletions in a folder survive a crash of the host. */
    public static void forceFolder(Path folder) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        });
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Channels close when their thread is interrupted: the step is then done once more. */
    private static void uninterrupted(Step step) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    step.run();
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
