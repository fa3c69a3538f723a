// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that does not keep to the protocol, played over a real socket. */
class HostileGuestTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String HELLO =
            "{\"protocol\":{\"min\":1,\"max\":1},\"agent\":\"x\",\"kernel\":\"k\"}";

    @TempDir Path directory;
    private ServerSocketChannel server;
    private ChannelAddress address;
    private SocketChannel guest;

    @BeforeEach
    void listen() throws IOException {
        Path path = directory.resolve("agent.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        address = new ChannelAddress.UnixSocket(path);
        // Replaced by the one that is accepted.
        guest = SocketChannel.open(StandardProtocolFamily.UNIX);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        guest.close();
    }

    /** Accepts the host and answers its SYNC; then sends these bytes. */
    private CompletableFuture<GuestAgent> connectTo(byte[] afterSync) throws Exception {
        CompletableFuture<GuestAgent> agent =
                CompletableFuture.supplyAsync(() -> new AgentConnector().connect(address, LONG));
        acceptAndAnswer(0, afterSync);
        return agent;
    }

    private void acceptAndAnswer(int zeros, byte[] afterSync) throws IOException {
        guest = server.accept();
        ByteBuffer sync = ByteBuffer.allocate(zeros + 16);
        while (sync.hasRemaining()) {
            guest.read(sync);
        }
        ByteBuffer answer = ByteBuffer.allocate(16 + afterSync.length);
        answer.put("HYPERACK".getBytes(StandardCharsets.US_ASCII));
        answer.put(sync.array(), zeros + 8, 8).put(afterSync).flip();
        write(answer);
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            guest.write(bytes);
        }
    }

    private void send(FrameType type, int id, byte[] payload) throws IOException {
        write(new Frame(type, false, id, payload).encode());
    }

    private void send(FrameType type, int id, String payload) throws IOException {
        send(type, id, payload.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] frame(FrameType type, int id, String payload) {
        ByteBuffer bytes =
                new Frame(type, false, id, payload.getBytes(StandardCharsets.UTF_8)).encode();
        byte[] result = new byte[bytes.remaining()];
        bytes.get(result);
        return result;
    }

    private GuestAgent connected() throws Exception {
        return connectTo(frame(FrameType.HELLO, 0, HELLO)).get();
    }

    private static byte[] data(long offset, int length) {
        return ByteBuffer.allocate(8 + length).putLong(offset).array();
    }

    @Test
    void isCutOffForEachViolation() throws Exception {
        record Violation(FrameType type, int id, byte[] payload, String said) {}
        byte[] noJson = "{".getBytes(StandardCharsets.UTF_8);
        byte[] deep = ("{\"a\":" + "[".repeat(500)).getBytes(StandardCharsets.UTF_8);
        byte[] exit =
                "{\"event\":\"exit\",\"container\":\"c\",\"process\":\"p\",\"code\":99999}"
                        .getBytes(StandardCharsets.UTF_8);
        for (Violation violation :
                List.of(
                        new Violation(FrameType.REQUEST, 1, new byte[0], "a request"),
                        new Violation(
                                FrameType.REPLY,
                                7,
                                "{}".getBytes(StandardCharsets.UTF_8),
                                "never made"),
                        new Violation(FrameType.DATA, 9, data(0, 1), "unknown"),
                        new Violation(FrameType.EVENT, 0, noJson, "not JSON"),
                        new Violation(FrameType.EVENT, 0, deep, "not JSON"),
                        new Violation(FrameType.EVENT, 0, exit, "99999"))) {
            GuestAgent agent = connected();
            send(violation.type(), violation.id(), violation.payload());
            assertThat(agent.waitUntilLost())
                    .contains("broke the protocol")
                    .contains(violation.said());
            assertThatThrownBy(agent::containers).isInstanceOf(DriverFailure.class);
            guest.close();
        }
    }

    @Test
    void mayTellOfAnEarlierHostsStreamsUntilItHasListedThem() throws Exception {
        CompletableFuture<GuestAgent> connecting =
                CompletableFuture.supplyAsync(() -> new AgentConnector().reconnect(address, LONG));
        acceptAndAnswer(Frame.MAX, frame(FrameType.HELLO, 0, HELLO));
        awaitRequest();
        // The process whose input this is ends right now.
        send(FrameType.CLOSE, 7, "");
        send(FrameType.REPLY, 1, "{\"containers\":[]}");
        GuestAgent agent = connecting.get();
        CompletableFuture<?> asked = CompletableFuture.supplyAsync(agent::containers);
        awaitRequest();
        send(FrameType.REPLY, 2, "{\"containers\":[]}");
        asked.get();
        send(FrameType.CLOSE, 7, "");
        assertThat(agent.waitUntilLost()).contains("unknown");
    }

    @Test
    void cannotExceedTheWindowOrSkipBytes() throws Exception {
        record Case(long offset, int frames, String said) {}
        for (Case c :
                List.of(
                        new Case(0, Stream.WINDOW / 16000 + 1, "more than the window"),
                        new Case(5, 1, "out of order"),
                        new Case(-1, 1, "out of order"))) {
            GuestAgent agent = connected();
            CompletableFuture<?> started = CompletableFuture.runAsync(() -> start(agent));
            for (int i = 0; i < c.frames(); i++) {
                // The first process has the streams 1 and 2; its request has to be seen first.
                if (i == 0) {
                    awaitRequest();
                }
                send(FrameType.DATA, 1, data(c.offset() + i * 16000L, 16000));
            }
            assertThat(agent.waitUntilLost()).contains(c.said());
            assertThatThrownBy(started::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(DriverFailure.class);
            guest.close();
        }
    }

    private static void start(GuestAgent agent) {
        try {
            agent.start(
                    "c",
                    new ProcessSpec(
                            "p",
                            List.of("a"),
                            List.of(),
                            "/",
                            "",
                            Optional.empty(),
                            false,
                            false,
                            List.of(),
                            List.of()));
        } catch (io.hypercontainer.api.agent.CannotExecute e) {
            throw new AssertionError(e);
        }
    }

    private void awaitRequest() throws IOException, ProtocolViolation {
        assertThat(new FrameReader(guest).next().type()).isEqualTo(FrameType.REQUEST);
    }

    @Test
    void cannotPutControlCharactersIntoMessages() throws Exception {
        GuestAgent agent = connected();
        CompletableFuture<?> asked = CompletableFuture.runAsync(() -> agent.signalAll("c", 9));
        awaitRequest();
        String message = "a\\u001b[31m\\nb\\u202e" + "x".repeat(5000);
        send(FrameType.ERROR, 1, "{\"code\":\"invalid\",\"message\":\"" + message + "\"}");
        assertThatThrownBy(asked::get)
                .cause()
                .isInstanceOf(HyperException.class)
                .satisfies(e ->
                        assertThat(e.getMessage())
                                .startsWith("a [31m b")
                                .hasSizeLessThan(600)
                                .doesNotContain("\u001b", "\n", "\u202e"));
    }

    @Test
    void cannotMisleadWithRecords() throws Exception {
        record Case(String records, String said) {}
        for (Case c :
                List.of(
                        new Case("f\0001\0002\0003\0\0f\0001\0002\0003\0\0", "too much"),
                        new Case("f\0001\0002\000no number\0\0", "nonsense"),
                        new Case("f\0001\000", "breaks off"),
                        new Case("f", "breaks off"),
                        new Case("", "says nothing"),
                        new Case("x".repeat(65 * 1024), "too much"))) {
            GuestAgent agent = connected();
            CompletableFuture<?> asked = CompletableFuture.supplyAsync(() -> agent.stat("c", "/f"));
            awaitRequest();
            byte[] records = c.records().getBytes(StandardCharsets.UTF_8);
            for (int at = 0; at < records.length; at += 16000) {
                byte[] part = Arrays.copyOfRange(records, at, Math.min(at + 16000, records.length));
                send(
                        FrameType.DATA,
                        1,
                        ByteBuffer.allocate(8 + part.length).putLong(at).put(part).array());
            }
            send(FrameType.EOF, 1, ByteBuffer.allocate(8).putLong(records.length).array());
            send(FrameType.REPLY, 1, "{}");
            assertThatThrownBy(asked::get)
                    .hasCauseInstanceOf(DriverFailure.class)
                    .hasMessageContaining(c.said());
            agent.close();
            guest.close();
        }
    }

    @Test
    void mayRefuseBeforeAnythingComes() throws Exception {
        GuestAgent agent = connected();
        FrameReader fromHost = new FrameReader(guest);
        String refusal = "{\"code\":\"no-file\",\"message\":\"no\"}";
        CompletableFuture<?> read =
                CompletableFuture.runAsync(
                        () -> agent.readArchive("c", "/f", OutputStream.nullOutputStream()));
        assertThat(fromHost.next().type()).isEqualTo(FrameType.REQUEST);
        send(FrameType.ERROR, 1, refusal);
        assertThatThrownBy(read::get).hasCauseInstanceOf(NotFound.class);
        CompletableFuture<?> written =
                CompletableFuture.runAsync(() ->
                        agent.writeArchive(
                                "c",
                                "/f",
                                new ByteArrayInputStream(new byte[3 * Stream.WINDOW]),
                                true));
        assertThat(fromHost.next().type()).isEqualTo(FrameType.CLOSE);
        assertThat(fromHost.next().type()).isEqualTo(FrameType.REQUEST);
        send(FrameType.ERROR, 2, refusal);
        assertThatThrownBy(written::get).hasCauseInstanceOf(NotFound.class);
    }

    @Test
    void isTooOldOrTooNew() throws Exception {
        CompletableFuture<GuestAgent> agent =
                connectTo(frame(FrameType.HELLO, 0, "{\"protocol\":{\"min\":2,\"max\":3}}"));
        assertThatThrownBy(agent::get)
                .hasCauseInstanceOf(DriverFailure.class)
                .hasMessageContaining("versions 2 to 3");
    }

    @Test
    void saysNothing() throws Exception {
        CompletableFuture<GuestAgent> agent =
                CompletableFuture.supplyAsync(
                        () -> new AgentConnector().connect(address, Duration.ofMillis(50)));
        guest = server.accept();
        assertThatThrownBy(agent::get).hasCauseInstanceOf(DeadlineExceeded.class);
    }

    @Test
    void sendsAnything() throws Exception {
        Random random = new Random(17);
        for (int round = 0; round < 200; round++) {
            GuestAgent agent = connected();
            // Valid frames with random content, until one of them is a violation.
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    while (true) {
                                        byte[] payload = new byte[random.nextInt(64)];
                                        random.nextBytes(payload);
                                        FrameType[] types = FrameType.values();
                                        send(
                                                types[random.nextInt(types.length)],
                                                random.nextInt(4),
                                                payload);
                                    }
                                } catch (IOException e) {
                                    // Cut off, as it should be.
                                }
                            });
            assertThat(agent.waitUntilLost()).contains("broke");
            writer.join();
            guest.close();
        }
    }
}
