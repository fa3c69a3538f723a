// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Ports of the host's loopback. */
public final class Host {
    private static final int GLANCE = 2000;

    private Host() {}

    /** {@return a port of the host that nobody listens on now} */
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return what a guest answers through a port, as soon as it does} */
    public static String answer(int port) {
        return Await.value(
                "an answer of the guest through port " + port + " of the host", () -> ask(port));
    }

    /** Asks once. */
    private static Optional<String> ask(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), GLANCE);
            socket.setSoTimeout(GLANCE);
            socket.getOutputStream()
                    .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            var body = all.indexOf("\r\n\r\n");
            return body < 0 ? Optional.empty() : Optional.of(all.substring(body).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** {@return whether the host's port leads nowhere} */
    public static boolean isClosed(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
