// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.linux.TerminalInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the guest prints on its console to a file, and keeps the last two portions of it. It
 * comes from a terminal of xenconsoled, which keeps up to 1 MiB while nobody reads.
 */
final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final int PORTION = 256 << 10;
    private static final int LONGEST_LINE = 1024;

    private final Path file;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean closed;

    private Console(Path file) {
        this.file = file;
    }

    static Console copy(Path terminal, Path file) {
        var console = new Console(file);
        // Waiting in a system call of our own would hold the carrier of a virtual thread.
        Thread.ofPlatform().daemon().name("console " + file).start(() -> console.copyAll(terminal));
        return console;
    }

    /** Waits until all that the ended machine had written is in the file. */
    void awaitEnd() throws InterruptedException {
        // Bounded: the terminal ends with the domain.
        var _ = done.await(2, TimeUnit.SECONDS);
    }

    /** Leaves the terminal to the next driver. */
    @Override
    public void close() {
        closed = true;
    }

    private void copyAll(Path terminal) {
        try (var in = TerminalInput.open(terminal)) {
            while (!closed) {
                var bytes = in.read(GLANCE);
                if (bytes.isPresent()) {
                    append(bytes.get());
                }
            }
        } catch (IOException e) {
            LOG.debug("Console output to {} ends: {}", file, e.toString());
        } finally {
            done.countDown();
        }
    }

    private void append(byte[] bytes) throws IOException {
        if (Files.exists(file) && Files.size(file) + bytes.length > PORTION) {
            Files.move(file, previous(file), StandardCopyOption.REPLACE_EXISTING);
        }
        try (var out =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }

    private static Path previous(Path file) {
        return file.resolveSibling(file.getFileName() + ".1");
    }

    /** {@return the last lines of a console's file, without control characters} */
    static List<String> tail(Path file, int lines) {
        var text = new StringBuilder();
        for (var part : List.of(previous(file), file)) {
            text.append(read(part));
        }
        var all = new ArrayList<String>();
        for (var line : text.toString().split("\n")) {
            var clean = printable(line);
            if (!clean.isBlank()) {
                all.add(clean);
            }
        }
        return List.copyOf(all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    private static String read(Path file) {
        if (!Files.exists(file)) {
            return "";
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(PORTION), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DriverFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static String printable(String line) {
        var clean = new StringBuilder();
        line.codePoints()
                .filter(c -> c == '\t' || !Character.isISOControl(c))
                .limit(LONGEST_LINE)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
