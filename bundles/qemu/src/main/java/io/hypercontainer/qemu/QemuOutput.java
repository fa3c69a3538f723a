// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What QEMU says on its standard output and error, as far as it goes into a bounded file. A pipe
 * and no file of QEMU's own, because a guest can make QEMU complain without end. When the daemon is
 * gone, or another version of this driver has the machine, QEMU's words are lost; it ignores that.
 */
final class QemuOutput implements AutoCloseable {
    private static final int KEPT_LINES = 20;
    private static final int MAX_LINE = 2000;
    private static final int MAX_FILE = 64 << 10;
    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofMillis(500);

    private final ArrayDeque<String> last = new ArrayDeque<>();
    private final Process process;
    private final Thread reader;
    private int written;

    private QemuOutput(Process process, Path file) {
        this.process = process;
        reader =
                Thread.ofVirtual().name("qemu-output " + process.pid()).unstarted(() -> read(file));
    }

    static QemuOutput of(Process process, Path file) {
        var output = new QemuOutput(process, file);
        output.reader.start();
        return output;
    }

    /** {@return the last lines of a process that has ended} */
    List<String> lastLines(int lines) {
        try {
            reader.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        synchronized (last) {
            return last.stream().skip(Math.max(0, last.size() - lines)).toList();
        }
    }

    /** Listens no more. */
    @Override
    public void close() {
        reader.interrupt();
    }

    /**
     * Nothing ends a read from a pipe but the pipe's end, which may be days away; so it only reads
     * what is there, and looks again after a while.
     */
    private void read(Path file) {
        try (var in = process.getInputStream();
                var out = Files.newOutputStream(file)) {
            var line = new ByteArrayOutputStream();
            var pause = SHORT;
            while (true) {
                if (in.available() > 0) {
                    take(in, line, out);
                    pause = SHORT;
                } else if (process.isAlive()) {
                    Thread.sleep(pause);
                    pause =
                            pause.multipliedBy(2).compareTo(LONG) < 0
                                    ? pause.multipliedBy(2)
                                    : LONG;
                } else {
                    end(line, out);
                    return;
                }
            }
        } catch (IOException _) {
            // The process or the disk has no more room for words; the machine does not need them.
        } catch (InterruptedException _) {
            // The machine is somebody else's now.
        }
    }

    private void take(InputStream in, ByteArrayOutputStream line, OutputStream out)
            throws IOException {
        for (var b : in.readNBytes(Math.min(in.available(), MAX_LINE))) {
            line.write(b);
            if (b == '\n' || line.size() >= MAX_LINE) {
                end(line, out);
            }
        }
    }

    private void end(ByteArrayOutputStream line, OutputStream out) throws IOException {
        var text = line.toString(StandardCharsets.UTF_8).strip();
        if (!text.isEmpty()) {
            synchronized (last) {
                last.addLast(text);
                if (last.size() > KEPT_LINES) {
                    last.removeFirst();
                }
            }
        }
        if (written <= MAX_FILE) {
            written += line.size();
            line.writeTo(out);
        }
        line.reset();
    }
}
