// SPDX-License-Identifier: Apache-2.0
package com.example.uml.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * Carries bytes between the socket, to which one host after the other connects, and the guest's
 * terminal line.
 *
 * <p>The kernel does not notice what came before the guest has opened the line, and stops reading
 * it for good when more has come than the guest's side of it holds, 4096 bytes
 * (arch/um/drivers/line.c: nothing takes back what line_throttle does). So nothing is sent before
 * the line is open, and no more ahead than {@link #WINDOW}: the agent writes a byte to another
 * line, the pace, when it has opened this one, and one for each {@link #PACE} that it has read
 * (docs/guest-protocol.md).
 */
final class Relay {
    private static final int PACE = 256;
    private static final int WINDOW = 3072;

    private final ServerSocketChannel server;
    private final OutputStream toGuest;
    private final InputStream fromGuest;
    private final Semaphore window = new Semaphore(0);
    private volatile SocketChannel host;
    private Thread output;

    Relay(ServerSocketChannel server, OutputStream toGuest, InputStream fromGuest) {
        this.server = server;
        this.toGuest = toGuest;
        this.fromGuest = fromGuest;
    }

    void start(Path pace) {
        run("pace", () -> readPace(pace));
        run("input", this::carryInput);
        output = run("output", this::carryOutput);
    }

    /** Waits until what the ended guest has written is with the host. */
    void finish() throws InterruptedException {
        output.join(1000); // a host may have stopped reading
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static Thread run(String name, Work work) {
        return Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(() -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException e) {
                        // The kernel's end of a pipe is gone: it has ended, and the main thread
                        // sees that.
                    }
                });
    }

    private void readPace(Path pace) throws IOException {
        var buffer = new byte[64];
        try (var in = Files.newInputStream(pace)) {
            if (in.read() >= 0) {
                window.release(WINDOW);
            }
            for (int n; (n = in.read(buffer)) >= 0; ) {
                // A guest that tells lies harms itself alone, but must not overflow the counter.
                window.release(Math.min(n * PACE, WINDOW - window.availablePermits()));
            }
        }
    }

    private void carryInput() throws IOException, InterruptedException {
        var buffer = ByteBuffer.allocate(WINDOW / 2);
        while (true) {
            try (var connection = server.accept()) {
                host = connection;
                while (read(connection, buffer.clear()) >= 0) {
                    window.acquire(buffer.position());
                    toGuest.write(buffer.array(), 0, buffer.position());
                    toGuest.flush();
                }
            } finally {
                host = null;
            }
        }
    }

    /** A connection that broke has ended. */
    private static int read(SocketChannel connection, ByteBuffer buffer) {
        try {
            return connection.read(buffer);
        } catch (IOException e) {
            return -1;
        }
    }

    /** What comes while no host is there is dropped; the next one asks for it again. */
    private void carryOutput() throws IOException {
        var buffer = new byte[32 << 10];
        for (int n; (n = fromGuest.read(buffer)) >= 0; ) {
            var connection = host;
            if (connection != null) {
                write(connection, ByteBuffer.wrap(buffer, 0, n));
            }
        }
    }

    private static void write(SocketChannel connection, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                connection.write(bytes);
            }
        } catch (IOException e) {
            // The host is gone.
        }
    }
}
