// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.wrong;

import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.VmRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes a guest's channel on, for as long as the driver lives. */
final class Relay implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Path path;
    private final Path guest;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private Relay(ServerSocketChannel server, Path path, Path guest) {
        this.server = server;
        this.path = path;
        this.guest = guest;
    }

    static Relay open(VmRecord record) {
        try {
            var path = record.directory().resolve("relay.sock");
            var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
            var guest = ((ChannelAddress.UnixSocket) record.agent()).path();
            var relay = new Relay(server, path, guest);
            Thread.ofVirtual().start(relay::serve);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ChannelAddress address() {
        return new ChannelAddress.UnixSocket(path);
    }

    private void serve() {
        try {
            while (true) {
                var outer = server.accept();
                var inner = SocketChannel.open(UnixDomainSocketAddress.of(guest));
                open.add(outer);
                open.add(inner);
                Thread.ofVirtual().start(() -> copy(outer, inner));
                Thread.ofVirtual().start(() -> copy(inner, outer));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        var buffer = ByteBuffer.allocate(1 << 16);
        try (from;
                to) {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException e) {
            // One of them was closed.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (var channel : open) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
