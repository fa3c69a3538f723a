// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks through a log from its oldest entry, across rotations that happen meanwhile. */
final class LogCursor implements AutoCloseable {
    private final FileLog log;
    private final LogCodec codec;
    private final byte[] buffer = new byte[64 * 1024];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long generation;
    private @Nullable InputStream file;
    private int next;
    private int limit;

    LogCursor(FileLog log, LogCodec codec) {
        this.log = log;
        this.codec = codec;
        this.generation = log.oldestGeneration();
    }

    /** {@return the next entry; empty at what is the end for now} */
    Optional<LogEntry> next() throws IOException {
        while (true) {
            Optional<byte[]> complete = nextLine();
            if (complete.isEmpty()) {
                return Optional.empty();
            }
            Optional<LogEntry> entry = codec.decode(complete.get());
            if (entry.isPresent()) {
                return entry;
            }
        }
    }

    private Optional<byte[]> nextLine() throws IOException {
        while (true) {
            while (next < limit) {
                byte b = buffer[next++];
                if (b == '\n') {
                    byte[] complete = line.toByteArray();
                    line.reset();
                    return Optional.of(complete);
                }
                if (line.size() < LogCodec.LONGEST_LINE) {
                    line.write(b);
                }
            }
            if (!fill()) {
                return Optional.empty();
            }
        }
    }

    private boolean fill() throws IOException {
        while (true) {
            // Asked before reading: a file that was replaced before that can't grow any more.
            boolean complete = generation < log.generation();
            if (file == null) {
                file = log.open(generation).orElse(null);
            }
            int n = file == null ? -1 : file.read(buffer);
            if (n > 0) {
                next = 0;
                limit = n;
                return true;
            }
            if (!complete) {
                return false;
            }
            close();
            line.reset();
            generation = Math.max(generation + 1, log.oldestGeneration());
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
