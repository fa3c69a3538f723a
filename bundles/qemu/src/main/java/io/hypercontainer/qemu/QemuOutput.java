// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What QEMU says on its standard output and error, as far as it goes into a bounded file. A pipe
 * and no file of QEMU's own, because a guest can make QEMU complain without end. When the daemon is
 * gone QEMU's words are lost; it ignores that.
 */
final class QemuOutput {
    private static final int KEPT_LINES = 20;
    private static final int MAX_LINE = 2000;
    private static final int MAX_FILE = 64 << 10;

    private final ArrayDeque<String> last = new ArrayDeque<>();
    private final Thread reader;

    private QemuOutput(Process process, Path file) {
        // Not virtual: reading a pipe holds its carrier.
        reader =
                Thread.ofPlatform()
                        .daemon()
                        .name("qemu-output " + process.pid())
                        .stackSize(64 << 10)
                        .unstarted(() -> read(process, file));
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

    private void read(Process process, Path file) {
        try (var in = new BufferedReader(process.inputReader(StandardCharsets.UTF_8), MAX_LINE);
                var out = Files.newBufferedWriter(file)) {
            var written = 0;
            for (var line = readLine(in); !line.isEmpty(); line = readLine(in)) {
                synchronized (last) {
                    last.addLast(line.strip());
                    if (last.size() > KEPT_LINES) {
                        last.removeFirst();
                    }
                }
                written += write(out, line, written);
            }
        } catch (IOException _) {
            // The process or the disk has no more room for words; the machine does not need them.
        }
    }

    private static int write(Writer out, String line, int written) throws IOException {
        if (written > MAX_FILE) {
            return 0;
        }
        out.write(line);
        out.flush();
        return line.length();
    }

    private static String readLine(BufferedReader in) throws IOException {
        var line = new StringBuilder();
        for (var c = in.read(); c >= 0; c = in.read()) {
            line.append((char) c);
            if (c == '\n' || line.length() >= MAX_LINE) {
                break;
            }
        }
        return line.toString();
    }
}
