// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the guest prints on its console to a file, and keeps the last two portions of it.
 *
 * <p>QEMU serves the console on a socket instead of writing the file itself, because it knows no
 * limit: a guest could fill the disk. While nobody is connected QEMU drops the output.
 */
final class ConsoleLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLog.class);
    private static final int PORTION = 256 << 10;
    private static final int LONGEST_LINE = 1024;

    private final Path file;
    private final SocketChannel socket;
    private final CountDownLatch drained = new CountDownLatch(1);

    private ConsoleLog(Path file, SocketChannel socket) {
        this.file = file;
        this.socket = socket;
    }

    static ConsoleLog connect(Path socket, Path file) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        var log = new ConsoleLog(file, channel);
        Thread.ofVirtual().name("console " + file).start(log::copy);
        return log;
    }

    /** Waits until all that the ended machine had written is in the file. */
    void awaitEnd() throws InterruptedException {
        // Bounded only against a descriptor of the socket that someone else holds.
        var _ = drained.await(1, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Only reading was done with it.
        }
    }

    private void copy() {
        var buffer = ByteBuffer.allocate(16 << 10);
        try (socket) {
            var out = append();
            try {
                while (socket.read(buffer.clear()) >= 0) {
                    if (out.size() + buffer.position() > PORTION) {
                        out.close();
                        Files.move(file, previous(file), StandardCopyOption.REPLACE_EXISTING);
                        out = append();
                    }
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                }
            } finally {
                out.close();
            }
        } catch (java.nio.channels.ClosedChannelException _) {
            // The driver goes; the next one reads on.
        } catch (IOException e) {
            LOG.warn("Console output to {} ends: {}", file, e.toString());
        } finally {
            drained.countDown();
        }
    }

    private FileChannel append() throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static Path previous(Path file) {
        return file.resolveSibling(file.getFileName() + ".1");
    }

    /** {@return the last lines of a console's file, without control characters} */
    static List<String> tail(Path file, int lines) {
        try {
            var text = new StringBuilder();
            for (var part : List.of(previous(file), file)) {
                if (Files.exists(part)) {
                    text.append(new String(Files.readAllBytes(part), StandardCharsets.UTF_8));
                }
            }
            var all = new ArrayList<String>();
            for (var line : text.toString().split("\n")) {
                var clean = printable(line);
                if (!clean.isBlank()) {
                    all.add(clean);
                }
            }
            return List.copyOf(all.subList(Math.max(0, all.size() - lines), all.size()));
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
