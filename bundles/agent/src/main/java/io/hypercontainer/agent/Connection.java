// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One connection to a guest: a thread that reads and distributes, a thread that writes. It ends
 * once and for all when the channel breaks, the guest violates the protocol, or it is closed.
 */
final class Connection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int WRITE_AT_ONCE = 64 * 1024;
    private static final long FOREVER = Long.MAX_VALUE;
    private static final long PARTING_NANOS = 5_000_000_000L;

    /** Why the connection ended. */
    private record Loss(String reason, boolean violation) {
        HyperException exception() {
            return violation ? new DriverFailure(reason) : new Unavailable(reason);
        }
    }

    private final String name;
    private final Wire wire;
    private final Sync sync;
    private final Outbox outbox = new Outbox();
    private final CompletableFuture<ObjectNode> hello = new CompletableFuture<>();
    private final Calls calls;
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
    private final Exits exits = new Exits();
    private final AtomicInteger lastStream = new AtomicInteger();
    private final AtomicReference<@Nullable Loss> loss = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** False while the guest may tell of streams that an earlier host began. */
    private volatile boolean knowsStreams;

    private Connection(String name, Wire wire, Sync sync, boolean adopting) {
        this.name = name;
        this.knowsStreams = !adopting;
        this.calls = new Calls(name);
        this.wire = wire;
        this.sync = sync;
    }

    /**
     * Begins a connection over an open channel.
     *
     * @param name of the channel, for messages
     * @param adopting whether another host may have used the channel before
     */
    static Connection start(String name, Wire wire, Sync sync, boolean adopting) {
        Connection connection = new Connection(name, wire, sync, adopting);
        try {
            connection.outbox.add(sync.request(adopting), FOREVER);
        } catch (InterruptedException e) {
            connection.close();
            throw new Interrupted("connect to the guest at " + name, e);
        }
        wire.threads().name("guest-write " + name).start(connection::writeLoop);
        wire.threads().name("guest-read " + name).start(connection::readLoop);
        return connection;
    }

    /** What the guest says of itself; closes the connection if it says nothing in time. */
    ObjectNode awaitHello(Duration timeout) {
        try {
            return hello.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            close();
            throw new DeadlineExceeded(
                    "the guest at "
                            + name
                            + " did not answer within "
                            + timeout.toMillis()
                            + " ms; look at the console of its machine");
        } catch (InterruptedException e) {
            close();
            throw new Interrupted("wait for the guest at " + name, e);
        } catch (ExecutionException e) {
            throw new DriverFailure(lossOr("the connection broke").reason(), e);
        }
    }

    ObjectNode call(ObjectNode request, Duration timeout) throws GuestError {
        try (Call call = begin(request, timeout)) {
            return call.await();
        }
    }

    /** Sends a request; the answer must come within this time. */
    Call begin(ObjectNode request, Duration timeout) {
        String operation = request.path("op").asString("");
        Call call = calls.add(operation, timeout);
        try {
            if (!send(FrameType.REQUEST, call.id(), Json.write(request), timeout.toNanos())) {
                call.fail(loss.get() == null ? call.late() : lossOr("").exception());
            }
            // The connection may have ended before the call was known.
            Loss already = loss.get();
            if (already != null) {
                call.fail(already.exception());
            }
            return call;
        } catch (InterruptedException e) {
            call.close();
            throw new Interrupted("request '" + operation + "' to the guest", e);
        }
    }

    Exits exits() {
        return exits;
    }

    int newStreamId() {
        return lastStream.incrementAndGet();
    }

    /** Ids up to {@code last} were given by an earlier host. */
    void skipStreamIds(int last) {
        lastStream.accumulateAndGet(last, Math::max);
        knowsStreams = true;
    }

    GuestOutput openOutput(int id, long offset) {
        GuestOutput output = new GuestOutput(id, offset, outputSender);
        register(id, output);
        return output;
    }

    GuestInput openInput(int id, long dealt, long received) {
        GuestInput input = new GuestInput(id, dealt, received, inputSender);
        register(id, input);
        return input;
    }

    boolean hasStream(int id) {
        return streams.containsKey(id);
    }

    /** Frames of this stream that still come are ignored. */
    void forgetStream(int id) {
        streams.remove(id);
    }

    /**
     * Lets the guest forget a stream of which nobody wants more. Often that is because the thread
     * was interrupted, which must not keep it from saying so.
     */
    void dropStream(int id) {
        boolean interrupted = Thread.interrupted();
        forgetStream(id);
        try {
            if (!send(FrameType.CLOSE, id, new byte[0], PARTING_NANOS)) {
                LOG.debug("stream {} to the guest at {} could not be closed", id, name);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Tells the guest that sending may begin or go on. */
    void resume(int id, long offset) {
        try {
            outputSender.acknowledge(id, offset);
        } catch (IOException e) {
            throw lossOr(String.valueOf(e.getMessage())).exception();
        }
    }

    private void register(int id, Stream stream) {
        streams.put(id, stream);
        Loss lost = loss.get();
        if (lost != null) {
            stream.onLost(lost.reason());
        }
    }

    private final GuestOutput.Sender outputSender =
            new GuestOutput.Sender() {
                @Override
                public void acknowledge(int id, long offset) throws IOException {
                    sendOrFail(
                            FrameType.ACK,
                            id,
                            ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                                    .putLong(offset)
                                    .putInt(Stream.WINDOW)
                                    .array());
                }

                @Override
                public void close(int id) throws IOException {
                    sendOrFail(FrameType.CLOSE, id, new byte[0]);
                    forgetStream(id);
                }
            };

    private final GuestInput.Sender inputSender =
            new GuestInput.Sender() {
                @Override
                public void data(int id, long offset, byte[] bytes) throws IOException {
                    sendOrFail(
                            FrameType.DATA,
                            id,
                            ByteBuffer.allocate(Long.BYTES + bytes.length)
                                    .putLong(offset)
                                    .put(bytes)
                                    .array());
                }

                @Override
                public void end(int id, long offset) throws IOException {
                    sendOrFail(
                            FrameType.EOF,
                            id,
                            ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
                }
            };

    private void sendOrFail(FrameType type, int id, byte[] payload) throws IOException {
        try {
            if (!send(type, id, payload, FOREVER)) {
                throw new IOException(lossOr("the connection is closed").reason());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException failure = new InterruptedIOException("send to the guest");
            failure.initCause(e);
            throw failure;
        }
    }

    /** A message that needs several frames goes out as one piece: parts must not be mixed. */
    private boolean send(FrameType type, int id, byte[] payload, long nanos)
            throws InterruptedException {
        if (payload.length <= Frame.MAX_PAYLOAD) {
            return outbox.add(new Frame(type, false, id, payload).encode(), nanos);
        }
        int frames = (payload.length + Frame.MAX_PAYLOAD - 1) / Frame.MAX_PAYLOAD;
        ByteBuffer all =
                ByteBuffer.allocate(payload.length + frames * (Frame.HEADER + Frame.TRAILER));
        for (int start = 0; start < payload.length; start += Frame.MAX_PAYLOAD) {
            int end = Math.min(start + Frame.MAX_PAYLOAD, payload.length);
            byte[] part = Arrays.copyOfRange(payload, start, end);
            all.put(new Frame(type, end < payload.length, id, part).encode());
        }
        return outbox.add(all.flip(), nanos);
    }

    private void writeLoop() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(WRITE_AT_ONCE);
        try {
            while (outbox.drainTo(bytes)) {
                wire.write(bytes.flip());
                bytes.clear();
            }
        } catch (IOException e) {
            lose("the connection to the guest at " + name + " broke: " + e.getMessage(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readLoop() {
        FrameReader reader = new FrameReader(wire.source());
        MessageParts parts = new MessageParts();
        try {
            reader.awaitSync(sync);
            while (true) {
                Frame frame = parts.add(reader.next());
                if (frame != null) {
                    distribute(frame);
                }
            }
        } catch (IOException e) {
            lose("the connection to the guest at " + name + " broke: " + e.getMessage(), false);
        } catch (ProtocolViolation e) {
            lose(
                    "the guest at "
                            + name
                            + " broke the protocol and was cut off: it sent "
                            + e.getMessage(),
                    true);
        }
    }

    private void distribute(Frame frame) throws ProtocolViolation {
        if (!hello.isDone() && frame.type() != FrameType.HELLO) {
            throw new ProtocolViolation(frame.type() + " before HELLO");
        }
        switch (frame.type()) {
            case HELLO -> hello.complete(Json.read(frame.payload()));
            case REPLY, ERROR -> calls.answer(frame);
            case EVENT -> event(Json.read(frame.payload()));
            case DATA, EOF, ACK, CLOSE -> streamFrame(frame);
            case REQUEST -> throw new ProtocolViolation("a request");
        }
    }

    private void event(ObjectNode event) throws ProtocolViolation {
        // Later versions may tell more.
        if (event.path("event").asString("").equals("exit")) {
            exits.add(event);
        }
    }

    private void streamFrame(Frame frame) throws ProtocolViolation {
        int id = frame.id();
        if (id <= 0 || (knowsStreams && id > lastStream.get())) {
            throw new ProtocolViolation(frame.type() + " of stream " + id + ", which is unknown");
        }
        Stream stream = streams.get(id);
        if (stream == null) {
            return;
        }
        ByteBuffer payload = ByteBuffer.wrap(frame.payload());
        int wanted =
                switch (frame.type()) {
                    case DATA, EOF -> Long.BYTES;
                    case ACK -> Long.BYTES + Integer.BYTES;
                    default -> 0;
                };
        if (payload.remaining() < wanted) {
            throw new ProtocolViolation(frame.type() + " that is too short");
        }
        switch (frame.type()) {
            case DATA -> stream.onData(payload.getLong(), frame.payload(), Long.BYTES);
            case EOF -> stream.onEnd(payload.getLong());
            case ACK -> stream.onAcknowledged(payload.getLong(), payload.getInt());
            default -> stream.onClosed();
        }
    }

    private void lose(String reason, boolean violation) {
        Loss lost = new Loss(reason, violation);
        if (!loss.compareAndSet(null, lost)) {
            return;
        }
        if (violation) {
            LOG.warn("{}", reason);
        }
        outbox.close();
        try {
            wire.close();
        } catch (IOException e) {
            LOG.debug("closing the channel {}", name, e);
        }
        hello.completeExceptionally(lost.exception());
        calls.onLost(lost.exception());
        for (Stream stream : streams.values()) {
            stream.onLost(reason);
        }
        exits.onLost(lost::exception);
        ended.countDown();
    }

    private Loss lossOr(String reason) {
        Loss lost = loss.get();
        return lost == null ? new Loss(reason, false) : lost;
    }

    String waitUntilLost() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new Interrupted("wait for the end of the connection to " + name, e);
        }
        return lossOr("").reason();
    }

    @Override
    public void close() {
        lose("the connection to the guest at " + name + " was closed", false);
    }
}
