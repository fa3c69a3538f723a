// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Guest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** An interface with a network inside the hypervisor, and what is tried with it. */
final class UserNetwork {
    static final int PORT = 8000;
    private static final int GLANCE = 2000;
    private static final String SUBNET = "10.0.2.0/24";
    private static final String GATEWAY = "10.0.2.2";
    private static final String NAMESERVER = "10.0.2.3";
    private static final String GUEST = "10.0.2.15";

    private UserNetwork() {}

    static Nic nic(String id, String mac, List<Forward> forwards) {
        return new Nic(
                id, mac, 0, new NicBackend.UserMode(SUBNET, GATEWAY, NAMESERVER, GUEST, forwards));
    }

    static GuestNetwork guest(String name, String mac) {
        return new GuestNetwork(mac, name, List.of(GUEST + "/24"), Optional.of(GATEWAY), 0);
    }

    static Forward forward(int hostPort) {
        return new Forward("tcp", "127.0.0.1", hostPort, PORT);
    }

    /** {@return a port of the host that nobody listens on now} */
    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has the guest answer with a word on its port. */
    static void serve(Guest guest, String word) {
        var _ =
                guest.start(
                        "mkdir -p /tmp/%1$s; echo %1$s >/tmp/%1$s/index.html; exec httpd -f -p %2$d -h /tmp/%1$s"
                                .formatted(word, PORT));
    }

    /** Waits until the guest's answer comes through a port of the host. */
    static String answer(int port) {
        return Await.value(
                "an answer of the guest through port " + port + " of the host", () -> ask(port));
    }

    /** Asks once. */
    static Optional<String> ask(int port) {
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
    static boolean isClosed(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
