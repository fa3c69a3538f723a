// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only Xen has: paravirtual guests, and a host that is more than dom0. */
@Tag("xen")
class XenTest {
    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = Daemon.start(Map.of("hyper.xen.cfg", "type=pv\n"));
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @Test
    void a_container_in_a_paravirtual_guest_does_what_others_do() throws Exception {
        assertThat(daemon.ctl("run", "--rm", "busybox", "uname", "-a").ok())
                .matches("Linux .*cloud-amd64 .*\n");
        var script = "echo page >/tmp/page; httpd -h /tmp; echo up; exec sleep 1000";
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "server",
                        "-p",
                        "127.0.0.1::80",
                        "busybox",
                        "sh",
                        "-c",
                        script)
                .ok();
        assertThat(daemon.ctl("inspect", "-f", "{{.Machine.Isolation}}", "server").ok())
                .isEqualTo("paravirtual\n");
        try (var logs = daemon.spawn("logs", "-f", "server")) {
            logs.awaitOutput("up\n");
        }

        assertThat(daemon.ctl("exec", "server", "sh", "-c", "exit 7").exit()).isEqualTo(7);
        var address = daemon.ctl("port", "server", "80").ok().strip();
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://" + address + "/page")).build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("page\n");
        }
        daemon.ctl("stop", "-t", "0", "server").ok();
        assertThat(daemon.ctl("wait", "server").ok()).isEqualTo("137\n");
        daemon.ctl("rm", "server").ok();
        assertThat(daemon.problems()).isBlank();
    }

    @Test
    void the_host_has_what_xen_has() throws Exception {
        var mebibytes = Long.parseLong(host("xl info | sed -n 's/^total_memory *: //p'"));
        var cpus = host("xl info | sed -n 's/^nr_cpus *: //p'");
        assertThat(daemon.ctl("info", "-f", "{{.MemTotal}} {{.NCPU}}").ok())
                .isEqualTo((mebibytes << 20) + " " + cpus + "\n");

        var dom0 = Long.parseLong(host("sed -n 's/^MemTotal: *\\(.*\\) kB/\\1/p' /proc/meminfo"));
        var more = (dom0 / 1024 + 100) + "m";
        daemon.ctl("create", "--name", "large", "-m", more, "busybox", "true").ok();
        daemon.ctl("update", "-m", mebibytes + "m", "large").ok();
        assertThat(daemon.ctl("update", "-m", mebibytes + 1 + "m", "large").err())
                .contains("host has (" + mebibytes + " MiB)");
        daemon.ctl("rm", "large").ok();
    }

    @Test
    void a_domain_that_ends_while_its_memory_changes_leaves_nothing() throws Exception {
        daemon.ctl("run", "-d", "--name", "victim", "-m", "256m", "busybox", "sleep", "1000").ok();
        var domain = host("xl list | tail -n 1 | awk '{print $2}'");
        var home = "/local/domain/" + domain;
        // A guest that does not run does not follow, so the change goes on until the end.
        host("xl pause " + domain);
        try (var update = daemon.spawn("update", "-m", "300m", "victim")) {
            Await.text(
                    () -> host("xenstore-read " + home + "/memory/target"),
                    Integer.toString(300 << 10));
            host("xl destroy " + domain);

            var result = update.await();
            assertThat(result.exit()).isNotZero();
            assertThat(result.err()).contains("has ended");
        }
        assertThat(daemon.ctl("wait", "victim").ok()).isEqualTo("255\n");
        Await.nothing(() -> host("xenstore-ls " + home + " 2>/dev/null || true"));
        assertThat(daemon.ctl("inspect", "-f", "{{.State.Error}}", "victim").ok())
                .contains("its domain is gone");
        daemon.ctl("rm", "victim").ok();
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 127})
    void an_image_runs_with_as_many_layers_as_docker_makes(int count) throws Exception {
        var folder = Files.createTempDirectory(daemon.directory, "image");
        var image = new ImageArchive("layers" + count);
        image.config(
                "Cmd", List.of("/bin/busybox", "sh", "-c", "busybox ls /parts | busybox wc -l"));
        image.layer(ImageArchive.busybox(folder.resolve("0.tar")));
        for (int i = 1; i < count; i++) {
            var part = Map.of("parts/" + i, "part " + i);
            image.layer(ImageArchive.layerOf(folder.resolve(i + ".tar"), part));
        }
        daemon.ctl("load", "-i", image.write(folder.resolve("image.tar")).toString()).ok();

        assertThat(daemon.ctl("run", "--rm", "layers" + count).ok()).isEqualTo(count - 1 + "\n");
        assertThat(daemon.problems()).isBlank();
    }

    /** {@return what a command of dom0's prints} */
    private static String host(String script) throws Exception {
        try (var command =
                daemon.program(daemon.directory, Map.of(), List.of("sh", "-c", script))) {
            return command.await().ok().strip();
        }
    }
}
