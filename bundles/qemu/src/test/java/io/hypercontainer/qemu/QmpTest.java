// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A monitor that misbehaves, which the real one does only once a guest has taken it over. */
class QmpTest {
    private static final String GREETING = "{\"QMP\": {}}\n";

    @TempDir Path folder;
    private Path socket;
    private ServerSocketChannel server;
    private CompletableFuture<Void> monitor = CompletableFuture.completedFuture(null);

    @BeforeEach
    void listen() throws IOException {
        socket = folder.resolve("qmp.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void close() throws IOException {
        monitor.join();
        server.close();
    }

    @Test
    void answersFindTheirCommandsAndEventsTheirListeners() throws Exception {
        var events = new CopyOnWriteArrayList<Qmp.Event>();
        serve(
                "{\"return\": {}, \"id\": \"1\"}\n",
                """
                {"return": 0, "id": "77"}
                {"event": "STOP"}
                {"return": "yes", "id": "2"}
                """,
                "{\"error\": {\"class\": \"X\", \"desc\": \"no such thing\"}, \"id\": \"3\"}\n");
        try (var qmp = Qmp.connect(socket, events::add)) {
            var stop = qmp.expect(e -> e.name().equals("STOP"));

            assertThat(qmp.execute("a").asString()).isEqualTo("yes");
            assertThat(stop).isCompleted();
            assertThat(events).extracting(Qmp.Event::name).containsExactly("STOP");
            assertThatThrownBy(() -> qmp.execute("b"))
                    .isInstanceOf(DriverFailure.class)
                    .hasMessage("qemu refused b: no such thing");
        }
    }

    @Test
    void theEndReachesAllWhoWait() throws Exception {
        serve("{\"return\": {}, \"id\": \"1\"}\n", "");
        var qmp = Qmp.connect(socket, _ -> {});
        var never = qmp.expect(e -> e.name().equals("NEVER"));

        assertThatThrownBy(() -> qmp.execute("a")).isInstanceOf(Conflict.class);

        // A command may learn of the end before those who wait for events do.
        assertThat(never).failsWithin(Duration.ofMinutes(1));
        qmp.closed().get(60, TimeUnit.SECONDS);
        assertThatThrownBy(() -> qmp.execute("b")).isInstanceOf(Conflict.class);
        assertThat(qmp.expect(e -> true)).isCompletedExceptionally();
    }

    @Test
    void nonsenseAndEndlessMessagesEndTheConnection() throws Exception {
        for (var bad :
                new String[] {
                    "no json\n", "[".repeat(100_000) + "\n", "\"" + "x".repeat(2 << 20) + "\"\n"
                }) {
            serve("{\"return\": {}, \"id\": \"1\"}\n", bad);
            var qmp = Qmp.connect(socket, _ -> {});
            assertThatThrownBy(() -> qmp.execute("a")).isInstanceOf(Conflict.class);
        }
    }

    @Test
    void aMonitorThatClosesBeforeItGreetsIsAnError() {
        monitor =
                CompletableFuture.runAsync(() -> {
                    try (var client = server.accept()) {
                        assertThat(client.isConnected()).isTrue();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
        assertThatThrownBy(() -> Qmp.connect(socket, _ -> {})).isInstanceOf(IOException.class);
    }

    /** Greets, then says one text for each line that it gets, and closes after the last. */
    private void serve(String... answers) {
        monitor =
                CompletableFuture.runAsync(() -> {
                    try (var client = server.accept();
                            var in =
                                    new java.io.BufferedReader(
                                            new java.io.InputStreamReader(
                                                    Channels.newInputStream(client),
                                                    StandardCharsets.UTF_8))) {
                        send(client, GREETING);
                        for (var answer : answers) {
                            assertThat(in.readLine()).contains("execute");
                            send(client, answer);
                        }
                    } catch (IOException _) {
                        // The client has hung up, as it should on nonsense.
                    }
                });
    }

    private static void send(SocketChannel client, String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }
}
