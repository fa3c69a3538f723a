// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.network.Service;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Addresses of services, whose backends are servers of this process behind QEMU's network. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestServicesTest {
    private static final String HOST = "10.0.2.2";
    private static final String MAC = "52:54:00:12:34:56";

    private Guest guest;
    private final List<ServerSocket> servers = new ArrayList<>();

    @BeforeAll
    void boot(@TempDir Path directory) throws Exception {
        guest =
                Guest.start(
                        directory,
                        List.of(
                                "-netdev",
                                "user,id=net",
                                "-device",
                                "virtio-net-pci,netdev=net,mac=" + MAC));
        guest.agent()
                .configure(
                        new GuestNetwork(
                                MAC, "eth0", List.of("10.0.2.15/24"), Optional.of(HOST), 0));
        for (String id : List.of("a", "b")) {
            guest.create(id);
            guest.sleep(id);
        }
    }

    @AfterEach
    void forgetServices() {
        guest.agent().serve(List.of());
    }

    @AfterAll
    void stop() throws Exception {
        guest.close();
        for (ServerSocket server : servers) {
            server.close();
        }
    }

    /** A server that says its name to whoever connects. */
    private Service.Backend server(String name) throws IOException {
        ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        servers.add(server);
        ThreadFactory threads = Thread.ofVirtual().factory();
        threads.newThread(() -> greet(server, name)).start();
        return new Service.Backend(HOST, server.getLocalPort());
    }

    private static void greet(ServerSocket server, String name) {
        while (true) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write(name.getBytes(UTF_8));
            } catch (SocketException e) {
                return;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private String connect(String container, String address, int port) throws Exception {
        return guest.run(container, "nc " + address + " " + port);
    }

    @Test
    void passesConnectionsOnInTurnFromEachContainer() throws Exception {
        guest.agent()
                .serve(
                        List.of(
                                new Service(
                                        "10.96.0.10",
                                        80,
                                        "tcp",
                                        List.of(server("one"), server("two"))),
                                new Service("10.96.0.10", 81, "tcp", List.of(server("three"))),
                                new Service("10.96.0.11", 80, "tcp", List.of(server("four")))));
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(connect(i < 2 ? "a" : "b", "10.96.0.10", 80));
        }
        assertThat(answers).containsExactlyInAnyOrder("one", "one", "two", "two");
        assertThat(connect("a", "10.96.0.10", 81)).isEqualTo("three");
        assertThat(connect("b", "10.96.0.11", 80)).isEqualTo("four");
        // Nothing else listens there.
        assertThatThrownBy(() -> connect("a", "10.96.0.10", 82)).hasMessageContaining("refused");
    }

    @Test
    void replacesAllByTheNextList() throws Exception {
        Service.Backend one = server("one");
        Service.Backend two = server("two");
        guest.agent()
                .serve(
                        List.of(
                                new Service("10.96.0.20", 80, "tcp", List.of(one)),
                                new Service("10.96.0.21", 80, "tcp", List.of(one))));
        assertThat(connect("a", "10.96.0.20", 80)).isEqualTo("one");
        guest.agent().serve(List.of(new Service("10.96.0.20", 80, "tcp", List.of(two))));
        assertThat(connect("a", "10.96.0.20", 80)).isEqualTo("two");
        assertThat(connect("a", "10.96.0.20", 80)).isEqualTo("two");
        assertThat(guest.run("a", "cat /proc/net/fib_trie"))
                .contains("10.96.0.20")
                .doesNotContain("10.96.0.21");
        guest.agent().serve(List.of());
        assertThat(guest.run("a", "cat /proc/net/fib_trie /proc/net/ip_vs"))
                .doesNotContain("10.96.0", "TCP");
    }

    @Test
    void passesDatagramsOn() throws Exception {
        try (DatagramSocket server =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            server.setSoTimeout(60_000);
            guest.agent()
                    .serve(
                            List.of(
                                    new Service(
                                            "10.96.0.53",
                                            53,
                                            "udp",
                                            List.of(
                                                    new Service.Backend(
                                                            HOST, server.getLocalPort())))));
            GuestProcess query =
                    guest.agent()
                            .start(
                                    "a",
                                    Guest.spec("query", "nslookup", "some.example", "10.96.0.53"));
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            server.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8)).contains("some");
            query.signal(9);
            query.waitFor(Guest.LONG);
            query.acknowledge();
        }
    }

    @Test
    void leavesTheMachinesOwnAddressAlone() throws Exception {
        guest.agent().serve(List.of(new Service("10.0.2.15", 7777, "tcp", List.of(server("own")))));
        assertThat(connect("a", "10.0.2.15", 7777)).isEqualTo("own");
        guest.agent().serve(List.of());
        assertThat(guest.run("a", "cat /proc/net/fib_trie")).contains("10.0.2.15");
    }

    @Test
    void saysWhenTheKernelCannot(@TempDir Path directory) throws Exception {
        List<String> without =
                List.of("-append", GuestMachine.COMMAND_LINE + " module_blacklist=ip_vs");
        try (Guest other = Guest.start(directory, without)) {
            Service service = new Service("10.96.0.1", 80, "tcp", List.of());
            assertThatThrownBy(() -> other.agent().serve(List.of(service)))
                    .isInstanceOf(Unsupported.class)
                    .hasMessageContaining("IPVS");
            other.agent().serve(List.of());
        }
    }

    @Test
    void refusesWhatIsNoService() {
        for (Service wrong :
                List.of(
                        new Service("fe80::1", 80, "tcp", List.of()),
                        new Service("10.96.0.1", 0, "tcp", List.of()),
                        new Service("10.96.0.1", 80, "sctp", List.of()),
                        new Service(
                                "10.96.0.1",
                                80,
                                "tcp",
                                List.of(new Service.Backend("name", 80))))) {
            assertThatThrownBy(() -> guest.agent().serve(List.of(wrong)))
                    .isInstanceOf(InvalidSpec.class);
        }
    }
}
