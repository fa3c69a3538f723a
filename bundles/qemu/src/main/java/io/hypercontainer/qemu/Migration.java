// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the state of a machine's devices out of one QEMU and puts it into another. Memory that can
 * be mapped from outside is left out ({@code x-ignore-shared}), so that is a few hundred KiB.
 */
final class Migration {
    private static final Logger LOG = LoggerFactory.getLogger(Migration.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LARGEST = 64 << 20;

    private final Qmp qmp;
    private final MachineState state;

    Migration(Qmp qmp, MachineState state) {
        this.qmp = qmp;
        this.state = state;
    }

    /** {@return the state of a machine that stands still} */
    byte[] save() throws IOException {
        var done = begin();
        var socket = state.folder().migration();
        Files.deleteIfExists(socket);
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            // If it fails before it connects, nobody else would end the waiting.
            var _ = done.whenComplete((_, _) -> close(server));
            if (state.uid() >= 0) {
                Host.setOwner(socket, state.uid());
            }
            qmp.execute("migrate", uri());
            try (var connection = server.accept()) {
                var saved = readAll(connection);
                awaitCompletion(done, "saved");
                return saved;
            }
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    /**
     * Puts the state into a machine that was started to get one; its CPUs do not run afterwards.
     */
    void load(byte[] saved) throws IOException {
        var done = begin();
        var socket = state.folder().migration();
        try {
            qmp.execute("migrate-incoming", uri());
            try (var connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                var bytes = ByteBuffer.wrap(saved);
                while (bytes.hasRemaining()) {
                    connection.write(bytes);
                }
            }
            awaitCompletion(done, "loaded");
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    private CompletableFuture<Qmp.Event> begin() {
        qmp.execute(
                "migrate-set-capabilities",
                Map.of("capabilities", List.of(on("x-ignore-shared"), on("events"))));
        return qmp.expect(e ->
                e.name().equals("MIGRATION") && List.of("completed", "failed").contains(status(e)));
    }

    private static Map<String, Object> on(String capability) {
        return Map.of("capability", capability, "state", true);
    }

    private static Map<String, String> uri() {
        return Map.of("uri", "unix:" + MachineFolder.MIGRATION);
    }

    private static String status(Qmp.Event event) {
        return event.data().path("status").asString("");
    }

    private void awaitCompletion(CompletableFuture<Qmp.Event> done, String how) {
        try {
            if (status(qmp.await(done, "migration", PATIENCE)).equals("completed")) {
                return;
            }
        } catch (io.hypercontainer.api.Interrupted e) {
            throw e;
        } catch (HyperException e) {
            throw new DriverFailure(
                    "the state of machine %s cannot be %s: %s"
                            .formatted(state.id(), how, e.getMessage()),
                    e);
        }
        throw new DriverFailure(
                "the state of machine %s cannot be %s: qemu refuses it".formatted(state.id(), how));
    }

    private static void close(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("Socket of a migration", e);
        }
    }

    private static byte[] readAll(SocketChannel connection) throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(1 << 16);
        while (connection.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            if (all.size() > LARGEST) {
                throw new IOException("the state of the devices is larger than 64 MiB");
            }
        }
        return all.toByteArray();
    }
}
