// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client: reads its frames on the calling thread while its command runs on another. */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int DAEMON_ERROR = 125;
    private static final int SIGNALLED = 128;

    private final SocketChannel channel;
    private final CommandHandler handler;
    private final FrameWriter writer;
    private volatile String command = "";
    // Guarded by this.
    private @Nullable Thread running;
    private boolean interrupted;
    private int interruptedBy;

    Connection(SocketChannel channel, CommandHandler handler, String name) {
        this.channel = channel;
        this.handler = handler;
        this.writer = new FrameWriter(channel, name + "-writer");
    }

    /** Returns when the client is served and gone. */
    void serve() {
        try (channel) {
            var reader = new FrameReader(channel);
            var first = first(reader);
            if (first == null) {
                return;
            }
            var invocation = Invocation.parse(first);
            if (invocation.version() == FrameType.VERSION) {
                serve(invocation, reader);
            } else {
                refuse(
                        "this daemon speaks version %d of the client protocol, this client version %d: use the hyperctl that came with the daemon"
                                .formatted(FrameType.VERSION, invocation.version()));
            }
        } catch (ClosedChannelException e) {
            LOG.trace("connection closed", e); // by the end of the command
        } catch (IOException e) {
            LOG.debug("client connection given up: {}", e.getMessage());
        } finally {
            writer.stop();
        }
    }

    /** Says why there is no service, on the calling thread. */
    void refuse(String reason) {
        try (channel) {
            byte[] line =
                    ("hyperctl: " + reason + "\n")
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            writer.send(new Frame(FrameType.STDERR, line));
            writer.send(Frame.of(FrameType.EXIT, DAEMON_ERROR));
            writer.finish();
        } catch (IOException e) {
            LOG.debug("client gone before it was refused: {}", e.getMessage());
        } finally {
            writer.stop();
        }
    }

    /** A client that does not say what it wants must not keep its place. */
    private @Nullable Frame first(FrameReader reader) throws IOException {
        var guard =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                Thread.sleep(PATIENCE);
                                channel.close();
                            } catch (InterruptedException | IOException e) {
                                // It has spoken.
                            }
                        });
        var first = reader.next();
        guard.interrupt();
        return first;
    }

    /** {@return the first word of what the client asks for; empty before it has asked} */
    String command() {
        return command;
    }

    private void serve(Invocation invocation, FrameReader reader) throws IOException {
        command = String.join(" ", firstOf(invocation.words()));
        var session = new ClientSession(invocation, writer, this::interrupt);
        var runner =
                Thread.ofVirtual()
                        .name("hyperctl " + command)
                        .start(() -> run(invocation, session));
        try {
            for (var frame = reader.next(); frame != null; frame = reader.next()) {
                session.receive(frame);
            }
        } finally {
            session.clientLeft();
            interrupt(0);
            join(runner);
        }
    }

    private static List<String> firstOf(List<String> words) {
        return words.subList(0, Math.min(1, words.size()));
    }

    private void run(Invocation invocation, ClientSession session) {
        synchronized (this) {
            running = Thread.currentThread();
            if (interrupted) { // by a signal right behind the invocation
                running.interrupt();
            }
        }
        int code = handler.run(invocation.words(), session);
        synchronized (this) {
            running = null;
            // What follows concerns the client, not the command that was to be interrupted.
            Thread.interrupted();
            if (interruptedBy != 0) {
                code = SIGNALLED + interruptedBy;
            }
        }
        try (channel) {
            session.finish();
            writer.send(Frame.of(FrameType.EXIT, code));
            writer.finish();
        } catch (IOException e) {
            LOG.debug("client gone before its command had ended: {}", e.getMessage());
        }
    }

    private synchronized void interrupt(int signal) {
        interrupted = true;
        interruptedBy = signal;
        if (running != null) {
            running.interrupt();
        }
    }

    private static void join(Thread runner) {
        try {
            runner.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
