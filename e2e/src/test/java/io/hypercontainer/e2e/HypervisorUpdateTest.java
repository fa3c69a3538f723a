// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The hypervisor's driver is updated, and a container in its machine goes on with all it has. */
@Tag("every-hypervisor")
class HypervisorUpdateTest {
    private static final String COUNT = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.2; done";

    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void port_volume_output_and_processes_go_on() throws Exception {
        var script = "echo page >/data/page; httpd -h /data; " + COUNT;
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "server",
                        "-p",
                        "127.0.0.1::80",
                        "-v",
                        "data:/data",
                        "busybox",
                        "sh",
                        "-c",
                        script)
                .ok();
        try (var exec = daemon.spawn("exec", "-i", "server", "cat");
                var logs = daemon.spawn("logs", "-f", "server")) {
            echo(exec, "before");
            logs.awaitOutput("1\n");
            assertThat(page()).isEqualTo("page\n");
            var jar =
                    BundleJar.of(Daemon.hypervisor())
                            .version("0.1.1")
                            .write(daemon.directory.resolve("update.jar"));

            // A template that is made meanwhile is another matter.
            daemon.awaitIdle();
            daemon.ctl("driver", "update", Daemon.hypervisor(), jar.toString()).ok();

            assertThat(daemon.ctl("driver", "ls").ok())
                    .containsPattern(Daemon.hypervisor() + " .*0\\.1\\.1 .*1 VM");
            echo(exec, "after");
            var last = daemon.ctl("logs", "-n", "1", "server").ok();
            logs.awaitOutput("\n" + Integer.toString(Integer.parseInt(last.strip()) + 1) + "\n");
            exec.stdin().close();
            assertThat(exec.await().exit()).isZero();
        }
        assertThat(page()).isEqualTo("page\n");
        assertThat(daemon.ctl("exec", "server", "sh", "-c", "exit 7").exit()).isEqualTo(7);
        daemon.ctl("stop", "-t", "0", "server").ok();
        assertThat(daemon.ctl("wait", "server").ok()).isEqualTo("137\n");
        daemon.ctl("rm", "server").ok();
        assertThat(
                        daemon.ctl(
                                        "run",
                                        "--rm",
                                        "-v",
                                        "data:/data",
                                        "busybox",
                                        "cat",
                                        "/data/page")
                                .ok())
                .isEqualTo("page\n");
        assertThat(daemon.problems()).isBlank();
    }

    private String page() throws Exception {
        var address = daemon.ctl("port", "server", "80").ok().strip();
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://" + address + "/page")).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static void echo(Command session, String text) throws Exception {
        session.stdin().write((text + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        session.stdin().flush();
        session.awaitOutput(text);
    }
}
