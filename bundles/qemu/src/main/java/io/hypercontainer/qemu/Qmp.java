// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection to QEMU's monitor (docs/interop/qmp-spec.txt in QEMU's sources). Answers are matched
 * to commands by id, so any number of threads may use it at once.
 */
final class Qmp implements AutoCloseable {
    /** Longest message taken; the longest that this driver asks for has a few KiB. */
    private static final int MAX_MESSAGE = 1 << 20;

    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Something that happened in the machine.
     *
     * @param name such as {@code SHUTDOWN}
     * @param data details
     */
    record Event(String name, JsonNode data) {
        boolean concerns(String kind, String device) {
            return name.equals(kind) && data.path("device").asString("").equals(device);
        }
    }

    /** Opens the connection to one machine's monitor. */
    interface Connector {
        /**
         * @param listener hears every event, on the thread that reads
         */
        Qmp connect(Consumer<Event> listener) throws IOException;
    }

    private record Expectation(Predicate<Event> event, CompletableFuture<Event> seen) {}

    private final SocketChannel channel;
    private final Consumer<Event> listener;
    private final AtomicLong ids = new AtomicLong();
    private final Map<String, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final List<Expectation> expectations = new CopyOnWriteArrayList<>();
    // A thread of its own writes: an interrupt of a caller would close the channel for all.
    private final LinkedBlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> greeted = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private Qmp(SocketChannel channel, Consumer<Event> listener) {
        this.channel = channel;
        this.listener = listener;
    }

    /**
     * Connects and leaves the capability negotiation behind.
     *
     * @param listener hears every event, on the thread that reads
     * @throws IOException if nothing listens on the socket
     */
    static Qmp connect(Path socket, Consumer<Event> listener) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        var qmp = new Qmp(channel, listener);
        Thread.ofVirtual().name("qmp-read " + socket).start(qmp::read);
        Thread.ofVirtual().name("qmp-write " + socket).start(qmp::write);
        try {
            qmp.await(qmp.greeted, "greet", PATIENCE);
            qmp.execute("qmp_capabilities");
            return qmp;
        } catch (Conflict e) {
            throw new IOException("the monitor has been closed", e);
        } catch (RuntimeException e) {
            qmp.close();
            throw e;
        }
    }

    JsonNode execute(String command) {
        return execute(command, JSON.createObjectNode());
    }

    JsonNode execute(String command, Object arguments) {
        var id = Long.toString(ids.incrementAndGet());
        var answer = new CompletableFuture<JsonNode>();
        pending.put(id, answer);
        try {
            if (closed.isDone()) {
                throw gone(command);
            }
            var message = Map.of("execute", command, "arguments", arguments, "id", id);
            outgoing.add(
                    (JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8));
            var reply = await(answer, command, PATIENCE);
            if (reply.has("error")) {
                throw new DriverFailure(
                        "qemu refused "
                                + command
                                + ": "
                                + reply.path("error").path("desc").asString("no reason given"));
            }
            return reply.path("return");
        } finally {
            pending.remove(id);
        }
    }

    /** {@return what a command of the human monitor prints, without the last line end} */
    String monitor(String line) {
        return execute("human-monitor-command", Map.of("command-line", line)).asString("").strip();
    }

    /** {@return completes when such an event comes; ask before doing what causes it} */
    CompletableFuture<Event> expect(Predicate<Event> event) {
        var expectation = new Expectation(event, new CompletableFuture<>());
        expectations.add(expectation);
        var _ = expectation.seen().whenComplete((_, _) -> expectations.remove(expectation));
        if (closed.isDone()) {
            expectation.seen().completeExceptionally(gone("wait"));
        }
        return expectation.seen();
    }

    <T> T await(CompletableFuture<T> future, String what, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new Interrupted("qemu " + what, e);
        } catch (TimeoutException _) {
            throw new DeadlineExceeded(
                    "qemu did not finish %s within %d s".formatted(what, patience.toSeconds()));
        } catch (ExecutionException _) {
            throw gone(what);
        }
    }

    /** {@return completes when QEMU has ended or closed the connection} */
    CompletableFuture<Void> closed() {
        return closed;
    }

    /** Waits until all that the ended QEMU had said was heard. */
    void awaitEnd() throws InterruptedException {
        try {
            closed.get(1, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException _) {
            // Someone else holds a descriptor of the socket.
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // Nothing to save: every command has been answered or fails now.
        }
        closed.complete(null);
        greeted.completeExceptionally(gone("greet"));
        outgoing.add(new byte[0]);
        pending.values().forEach(p -> p.completeExceptionally(gone("answer")));
        expectations.forEach(e -> e.seen().completeExceptionally(gone("wait")));
    }

    private static Conflict gone(String command) {
        return new Conflict("qemu " + command + ": the virtual machine has ended");
    }

    private void write() {
        try {
            for (var message = outgoing.take(); message.length > 0; message = outgoing.take()) {
                var bytes = ByteBuffer.wrap(message);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException | InterruptedException _) {
            close();
        }
    }

    private void read() {
        try (var in = new BufferedInputStream(Channels.newInputStream(channel))) {
            for (var line = readLine(in); line.length > 0; line = readLine(in)) {
                dispatch(JSON.readTree(line));
            }
        } catch (IOException | JacksonException _) {
            // QEMU has gone, or what sits there no longer speaks QMP.
        } finally {
            close();
        }
    }

    private static byte[] readLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (var b = in.read(); b >= 0; b = in.read()) {
            line.write(b);
            if (b == '\n') {
                return line.toByteArray();
            }
            if (line.size() > MAX_MESSAGE) {
                throw new IOException("message longer than " + MAX_MESSAGE + " bytes");
            }
        }
        return new byte[0];
    }

    private void dispatch(JsonNode message) {
        if (message.has("QMP")) {
            greeted.complete(null);
        } else if (message.has("event")) {
            var event = new Event(message.path("event").asString(""), message.path("data"));
            listener.accept(event);
            for (var expectation : expectations) {
                if (expectation.event().test(event)) {
                    expectation.seen().complete(event);
                }
            }
        } else {
            var waiting = pending.get(message.path("id").asString(""));
            if (waiting != null) {
                waiting.complete(message);
            }
        }
    }
}
