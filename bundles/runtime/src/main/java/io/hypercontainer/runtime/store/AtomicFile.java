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

    private AtomicFile() {}

    /**
     * Writes a file; an interruption of the thread does not stop it half-way.
     *
     * @param durable whether it must survive a crash of the host, not only one of the daemon
     */
    public static void write(Path folder, String name, byte[] content, boolean durable)
            throws IOException {
        Path unfinished = folder.resolve(name + UNFINISHED);
        uninterrupted(() -> {
            try (FileChannel channel =
                    FileChannel.open(
                            unfinished,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                if (durable) {
                    channel.force(true);
                }
            }
        });
        Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        if (durable) {
            forceFolder(folder);
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
