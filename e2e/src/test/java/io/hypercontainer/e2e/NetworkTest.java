// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What goes in and out of a container through the user network. */
class NetworkTest {
    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_published_port_leads_into_the_container_and_is_free_again_afterwards() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "inside",
                        "-p",
                        "127.0.0.1::80",
                        "busybox",
                        "sh",
                        "-c",
                        "echo page >/tmp/page; exec httpd -f -h /tmp")
                .ok();
        daemon.ctl(
                        "exec",
                        "inside",
                        "sh",
                        "-c",
                        "until cat /proc/net/tcp /proc/net/tcp6 | grep -q ':0050 '; do sleep 0.05; done")
                .ok();
        var address = daemon.ctl("port", "inside", "80").ok().strip();

        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://" + address + "/page")).build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("page\n");
        }
        daemon.ctl("rm", "-f", "inside").ok();
        daemon.ctl("run", "--rm", "-p", address + ":80", "busybox", "true").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void what_listens_on_the_hosts_loopback_address_only_is_out_of_reach() throws Exception {
        try (var secret = new Page(InetAddress.getLoopbackAddress())) {
            var ask = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 10.0.2.2 " + secret.port();

            var result = daemon.ctl("run", "--rm", "busybox", "sh", "-c", ask);

            assertThat(result.out()).doesNotContain("secret");
            assertThat(secret.asked()).isFalse();
        }
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_container_without_a_network_has_only_a_loopback_interface() throws Exception {
        var result =
                daemon.ctl("run", "--rm", "--network", "none", "busybox", "ls", "/sys/class/net");

        assertThat(result.ok()).isEqualTo("lo\n");
    }

    /** A web server of the host. */
    private static final class Page implements AutoCloseable {
        private final HttpServer server;
        private volatile boolean asked;

        Page(InetAddress address) throws IOException {
            server = HttpServer.create(new InetSocketAddress(address, 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        asked = true;
                        byte[] body = "secret".getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                        exchange.close();
                    });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        boolean asked() {
            return asked;
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
