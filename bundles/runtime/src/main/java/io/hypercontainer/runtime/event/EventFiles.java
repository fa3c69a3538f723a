// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.event;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * The files of the last events: {@code events.log} is written to, {@code events.log.1} is older.
 * Not for several threads.
 */
final class EventFiles implements AutoCloseable {
    private final Path newest;
    private final Path older;
    private final int fileBytes;
    private @Nullable RandomAccessFile current;

    EventFiles(Path folder, int fileBytes) {
        this.newest = folder.resolve("events.log");
        this.older = folder.resolve("events.log.1");
        this.fileBytes = fileBytes;
    }

    /** {@return the end of the older file, from the beginning of a line} */
    byte[] older() throws IOException {
        return tail(older);
    }

    /** {@return the end of the newest file, from the beginning of a line} */
    byte[] newest() throws IOException {
        return tail(newest);
    }

    private byte[] tail(Path path) throws IOException {
        if (!Files.exists(path)) {
            return new byte[0];
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            return tail(file);
        }
    }

    private byte[] tail(RandomAccessFile file) throws IOException {
        long start = Math.max(0, file.length() - fileBytes - EventCodec.LONGEST_LINE);
        byte[] tail = new byte[(int) (file.length() - start)];
        file.seek(start);
        file.readFully(tail);
        return tail;
    }

    /**
     * Adds lines.
     *
     * @throws IOException if they could not be written; what was written of them is removed before
     *     the next
     */
    void append(byte[] lines) throws IOException {
        try {
            RandomAccessFile file = open();
            if (file.length() > 0 && file.length() + lines.length > fileBytes) {
                close();
                Files.move(newest, older, StandardCopyOption.REPLACE_EXISTING);
                file = open();
            }
            file.write(lines);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private RandomAccessFile open() throws IOException {
        RandomAccessFile file = current;
        if (file == null) {
            file = new RandomAccessFile(newest.toFile(), "rw");
            current = file;
            file.setLength(endOfLastLine(tail(file), file.length()));
            file.seek(file.length());
        }
        return file;
    }

    /** What was cut off is overwritten; a file of nothing but nonsense is begun anew. */
    private static long endOfLastLine(byte[] tail, long length) {
        for (int i = tail.length; i > 0; i--) {
            if (tail[i - 1] == '\n') {
                return length - tail.length + i;
            }
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        RandomAccessFile file = current;
        current = null;
        if (file != null) {
            file.close();
        }
    }
}
