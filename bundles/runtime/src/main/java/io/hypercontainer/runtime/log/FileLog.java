// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A log in files. A full disk costs entries, never the container: what cannot be written is
 * dropped.
 */
final class FileLog implements ContainerLog {
    private final LogCodec codec = new LogCodec();
    private final LogFiles files;
    private final long fileBytes;
    private final Clock clock;

    // All below is guarded by this object, which also wakes those who follow.
    private @Nullable RandomAccessFile current;
    private LogPosition position = LogPosition.START;
    private long size;
    private long generation;
    private long version;
    private boolean running;
    private boolean abandoned;
    private String problem = "";

    /**
     * @param folder the container's folder
     * @param id the container's id
     * @param limits how much is kept
     * @param clock dates entries
     */
    FileLog(Path folder, String id, LogLimits limits, Clock clock) {
        this.files = new LogFiles(folder.resolve(id + "-json.log"), limits.files(), codec);
        this.fileBytes = limits.fileBytes();
        this.clock = clock;
    }

    @Override
    public synchronized LogPosition open() {
        running = true;
        try {
            current();
            position = files.end();
        } catch (IOException e) {
            failed(e);
        }
        return position;
    }

    @Override
    public synchronized void append(boolean error, byte[] bytes, int length) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(length * 2 + 128);
        Instant now = clock.instant();
        int start = 0;
        while (start < length) {
            int end = endOfPiece(bytes, start, length);
            position = position.plus(error, end - start);
            byte[] content = Arrays.copyOfRange(bytes, start, end);
            codec.encode(new LogEntry(now, error, content, position), lines);
            start = end;
            if (size + lines.size() >= fileBytes) {
                write(lines.toByteArray());
                lines.reset();
                rotate();
            }
        }
        write(lines.toByteArray());
        version++;
        notifyAll();
    }

    private static int endOfPiece(byte[] bytes, int start, int length) {
        int limit = Math.min(length, start + LogCodec.LONGEST_CONTENT);
        for (int i = start; i < limit; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return limit;
    }

    private void write(byte[] lines) {
        if (lines.length == 0) {
            return;
        }
        try {
            RandomAccessFile file = current();
            file.write(lines);
            size += lines.length;
            problem = "";
        } catch (IOException e) {
            failed(e);
            close(); // opening it again removes what was written of the entry
        }
    }

    private RandomAccessFile current() throws IOException {
        RandomAccessFile file = current;
        if (file == null) {
            file = files.open();
            current = file;
            size = file.length();
        }
        return file;
    }

    private void rotate() {
        close();
        try {
            files.rotate();
            generation++;
            current();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void failed(IOException e) {
        problem = "what it prints is lost, its log cannot be written: " + e.getMessage();
    }

    @Override
    public synchronized void finish() {
        running = false;
        version++;
        notifyAll();
        close();
    }

    @Override
    public synchronized void abandon() {
        abandoned = running;
        finish();
    }

    private void close() {
        RandomAccessFile file = current;
        current = null;
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    @Override
    public synchronized LogPosition position() {
        return position;
    }

    @Override
    public synchronized Optional<String> problem() {
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }

    @Override
    public void read(LogOptions options, Consumer<LogLine> sink) {
        try {
            new LogReader(this, codec).read(options, sink);
        } catch (IOException e) {
            throw new DriverFailure("cannot read the log: " + e.getMessage(), e);
        }
    }

    /** {@return a number that grows with each file} */
    synchronized long generation() {
        return generation;
    }

    /** {@return the generation of the oldest file} */
    synchronized long oldestGeneration() {
        return generation - files.oldest();
    }

    /** {@return the file of a generation; empty if it is gone or not there yet} */
    synchronized Optional<InputStream> open(long wanted) throws IOException {
        try {
            return Optional.of(new FileInputStream(files.file(generation - wanted).toFile()));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** {@return a number that grows with each change} */
    synchronized long version() {
        return version;
    }

    /** {@return whether more may come} */
    synchronized boolean running() {
        return running || abandoned;
    }

    synchronized void awaitChange(long known) {
        try {
            while (version == known && !abandoned) {
                wait();
            }
            if (abandoned) {
                throw new Unavailable("the daemon is stopping");
            }
        } catch (InterruptedException e) {
            throw new Interrupted("following a log", e);
        }
    }
}
