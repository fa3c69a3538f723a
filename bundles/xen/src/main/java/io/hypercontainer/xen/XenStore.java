// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A client of xenstored (Xen, docs/misc/xenstore.txt and xen/include/public/io/xs_wire.h). Each
 * call has a connection of its own: they are few, and none can be left in the middle of a message.
 */
final class XenStore {
    private static final int DIRECTORY = 1;
    private static final int READ = 2;
    private static final int WATCH = 4;
    private static final int WRITE = 11;
    private static final int REMOVE = 13;
    private static final int WATCH_EVENT = 15;
    private static final int ERROR = 16;
    private static final int HEADER = 16;
    private static final int MOST = 4096; // XENSTORE_PAYLOAD_MAX

    private final Path socket;

    XenStore(Path socket) {
        this.socket = socket;
    }

    /** {@return the value of a node, empty if there is no such node} */
    Optional<String> read(String path) {
        return call(READ, path + "\0");
    }

    void write(String path, String value) {
        if (call(WRITE, path + "\0" + value).isEmpty()) {
            throw new DriverFailure("cannot write " + path + " in xenstore: there is no way there");
        }
    }

    /** Removes a node with all below it, if it is there. */
    void remove(String path) {
        call(REMOVE, path + "\0");
    }

    /** {@return the names of a node's children} */
    List<String> list(String path) {
        return call(DIRECTORY, path + "\0").stream()
                .flatMap(names -> List.of(names.split("\0")).stream())
                .filter(n -> !n.isEmpty())
                .toList();
    }

    private Optional<String> call(int type, String payload) {
        try (var connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            send(connection, type, payload);
            var answer = receive(connection);
            if (answer.type() != ERROR) {
                return Optional.of(answer.payload());
            }
            var error = answer.payload().replace("\0", "");
            if (error.equals("ENOENT")) {
                return Optional.empty();
            }
            throw new DriverFailure(
                    "xenstored refuses " + payload.replace('\0', ' ') + ": " + error);
        } catch (IOException e) {
            throw new DriverFailure("cannot talk to xenstored at " + socket + ": " + e, e);
        }
    }

    /** Tells of changes in the set of domains that run, until it is closed. */
    final class Watch implements AutoCloseable {
        private final SocketChannel connection;

        Watch() throws IOException {
            connection = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            try {
                send(connection, WATCH, "@releaseDomain\0hyper\0");
            } catch (IOException e) {
                connection.close();
                throw e;
            }
        }

        /** Waits for the next change; there may have been none. */
        void await() throws IOException {
            while (receive(connection).type() != WATCH_EVENT) {
                // The answer to the request.
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    private record Message(int type, String payload) {}

    private static void send(SocketChannel connection, int type, String payload)
            throws IOException {
        var bytes = payload.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MOST) {
            throw new IOException("a request of " + bytes.length + " bytes is too long");
        }
        var message =
                ByteBuffer.allocate(HEADER + bytes.length)
                        .order(ByteOrder.nativeOrder())
                        .putInt(type)
                        .putLong(0)
                        .putInt(bytes.length)
                        .put(bytes)
                        .flip();
        while (message.hasRemaining()) {
            connection.write(message);
        }
    }

    private static Message receive(SocketChannel connection) throws IOException {
        var header = fill(connection, HEADER).order(ByteOrder.nativeOrder());
        var length = header.getInt(12);
        if (length < 0 || length > MOST) {
            throw new IOException("an answer of " + length + " bytes");
        }
        var payload = fill(connection, length);
        return new Message(header.getInt(0), StandardCharsets.UTF_8.decode(payload).toString());
    }

    private static ByteBuffer fill(SocketChannel connection, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (connection.read(buffer) < 0) {
                throw new EOFException("xenstored has closed the connection");
            }
        }
        return buffer.flip();
    }

    /** {@return the numbers of all domains} */
    List<Integer> domains() {
        var numbers = new ArrayList<Integer>();
        for (var name : list("/local/domain")) {
            if (name.matches("\\d{1,5}")) {
                numbers.add(Integer.parseInt(name));
            }
        }
        return numbers;
    }
}
