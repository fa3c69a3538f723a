// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts of the daemon go away for a while: only who needs them notices. */
class AbsenceTest {
    private static final String COUNT = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.2; done";

    private Daemon daemon;
    private int port;

    @BeforeEach
    void start() throws Exception {
        daemon = Daemon.start();
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "web",
                        "-p",
                        "127.0.0.1::80",
                        "busybox",
                        "sh",
                        "-c",
                        "httpd -h /etc; " + COUNT)
                .ok();
        var published = daemon.ctl("port", "web", "80").ok().strip();
        port = Integer.parseInt(published.substring(published.lastIndexOf(':') + 1));
        WebClients.awaitAnswer(port, "/hostname");
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void a_driver_that_is_stopped_is_missed_by_those_who_need_it() throws Exception {
        for (var driver :
                Map.of(
                                "qemu",
                                "hypervisor",
                                "storage-overlay",
                                "storage",
                                "network-user",
                                "network")
                        .entrySet()) {
            var bundle = bundle(driver.getKey());
            daemon.ctl("shell", "-c", "felix:stop " + bundle).ok();

            containerServes();
            var run = daemon.ctl("run", "--rm", "busybox", "true");
            assertThat(run.exit()).isEqualTo(125);
            assertThat(run.err())
                    .contains("no " + driver.getValue() + " driver can work here")
                    .hasLineCount(1);
            assertThat(
                            daemon.ctl(
                                            "driver",
                                            "ls",
                                            "--filter",
                                            "state=stopped",
                                            "--format",
                                            "{{.Kind}} {{.Used}}")
                                    .ok())
                    .isEqualTo(
                            driver.getValue()
                                    + (driver.getKey().equals("qemu")
                                            ? " 1 VM\n"
                                            : " 1 container\n"));

            daemon.ctl("shell", "-c", "felix:start " + bundle).ok();
            assertThat(daemon.ctl("run", "--rm", "busybox", "echo", "back").ok())
                    .isEqualTo("back\n");
            containerServes();
        }
        assertThat(daemon.problems()).isBlank();
    }

    @Test
    void what_ends_without_its_driver_is_cleared_up_when_it_is_back() throws Exception {
        var qemu = bundle("qemu");
        daemon.ctl("run", "-d", "--name", "other", "busybox", "sleep", "1000").ok();
        daemon.ctl("shell", "-c", "felix:stop " + qemu).ok();

        daemon.ctl("stop", "-t", "0", "web").ok();
        assertThat(daemon.ctl("inspect", "-f", "{{.State.Status}}", "web").ok())
                .isEqualTo("exited\n");
        Await.text(() -> daemon.problems(), "still holds its machine");
        assertThat(daemon.ctl("rm", "web").err())
                .contains("there is no hypervisor driver 'qemu@0.1.0'");

        daemon.ctl("shell", "-c", "felix:start " + qemu).ok();
        Await.nothing(() -> daemon.problems().strip());
        daemon.ctl("rm", "web").ok();
        daemon.ctl("exec", "other", "true").ok();
        assertThat(daemon.helpers()).hasSize(1);
    }

    @Test
    void a_driver_that_was_removed_is_named_and_containers_go_on_without_it() throws Exception {
        for (var driver : List.of("qemu", "user", "overlay")) {
            assertThat(daemon.ctl("driver", "rm", driver).err()).contains("--force");
            daemon.ctl("driver", "rm", "--force", driver).ok();
        }

        containerServes();
        assertThat(
                        daemon.ctl("create", "--network", "none", "--hypervisor", "qemu", "busybox")
                                .err())
                .contains("there is no hypervisor driver 'qemu' (there is xen)")
                .contains("driver install");
        assertThat(daemon.ctl("volume", "ls").err()).contains("no storage driver");
        assertThat(daemon.ctl("rm", "-f", "web").err()).contains("there is no storage driver");

        for (var name : List.of("qemu", "storage-overlay", "network-user")) {
            daemon.ctl("driver", "install", BundleJar.builtIn(name).toString()).ok();
        }
        daemon.ctl("rm", "-f", "web").ok();
        assertThat(daemon.helpers()).isEmpty();
    }

    @Test
    void containers_go_on_while_runtime_images_and_connector_are_stopped() throws Exception {
        for (var part :
                Map.of(
                                "runtime",
                                List.of("exec", "web", "true"),
                                "image",
                                List.of("images"),
                                "agent",
                                List.of("run", "--rm", "busybox", "true"))
                        .entrySet()) {
            var bundle = bundle(part.getKey());
            daemon.ctl("shell", "-c", "felix:stop " + bundle).ok();

            assertThat(WebClients.get(port, "/hostname")).contains("200 OK");
            var missed = daemon.ctl(part.getValue().toArray(String[]::new));
            assertThat(missed.exit()).isEqualTo(125);
            assertThat(missed.err())
                    .containsAnyOf("is not available", "guest agent connector is missing")
                    .hasLineCount(1);

            daemon.ctl("shell", "-c", "felix:start " + bundle).ok();
            assertThat(daemon.ctl("run", "--rm", "busybox", "echo", "back").ok())
                    .isEqualTo("back\n");
            containerServes();
        }
        assertThat(daemon.problems()).isBlank();
        assertContiguousLog();
    }

    @Test
    void the_shell_is_exchanged_by_somebody_who_uses_it_and_by_somebody_who_does_not()
            throws Exception {
        var jar = BundleJar.of("shell").version("0.1.9").write(daemon.directory.resolve("s.jar"));
        daemon.ctl("shell", "-c", "felix:update " + bundle("shell") + " file:" + jar).ok();
        Await.text(() -> daemon.ctl("version", "-f", "{{.Server.Version}}").out(), "0.1.9");
        containerServes();

        BundleJar.sample("")
                .without("Provide-Capability")
                .header("Sample-Restart", "io.hypercontainer.shell")
                .write(daemon.root.resolve("deploy/restart.jar"));
        try (var logs = daemon.spawn("logs", "-f", "web")) {
            assertThat(logs.await().err()).contains("lost the connection to hyperd");
        }
        Await.text(() -> daemon.ctl("version", "-f", "{{.Server.Version}}").out(), "0.1.9");
        containerServes();
    }

    @Test
    void an_upgrade_of_the_daemon_is_not_noticed_by_those_who_ask_its_containers()
            throws Exception {
        var old = BundleJar.of("qemu").version("0.1.5").write(daemon.directory.resolve("q.jar"));
        daemon.ctl("driver", "update", "qemu", old.toString()).ok();
        var sample = BundleJar.sample("sample").write(daemon.directory.resolve("sample.jar"));
        daemon.ctl("driver", "install", sample.toString()).ok();

        var next = nextVersion();

        try (var clients = new WebClients();
                var exec = daemon.spawn("exec", "-i", "web", "cat");
                var attached = daemon.spawn("attach", "--sig-proxy=false", "web");
                var logs = daemon.spawn("logs", "-f", "web")) {
            exec.stdin().write("here\n".getBytes(StandardCharsets.UTF_8));
            exec.stdin().flush();
            exec.awaitOutput("here");
            attached.awaitOutput("\n");
            logs.awaitOutput("\n");
            clients.ask(port, "/hostname", "\n");
            daemon.terminate();
            for (var session : List.of(exec, attached, logs)) {
                var end = session.await();
                // As docker's: 1 if the daemon could still say so and the code is no process' own.
                assertThat(end.exit()).isIn(session == exec ? List.of(125) : List.of(1, 125));
                assertThat(end.err())
                        .containsAnyOf("daemon is stopping", "lost the connection to hyperd")
                        .hasLineCount(1);
            }
            daemon.upgradeTo(next);
            daemon.launch();
            daemon.ctl("exec", "web", "true").ok();
            clients.finish();
            assertThat(clients.failures()).isEmpty();
            assertThat(clients.fewestAnswers()).isPositive();
        }

        assertThat(daemon.ctl("version", "-f", "{{.Server.Version}}").ok()).isEqualTo("0.2.0\n");
        // What it brings is newer than the replacement; what others installed stays.
        assertThat(
                        daemon.ctl("driver", "ls", "--format", "{{.Name}} {{.Version}} {{.Source}}")
                                .ok())
                .isEqualTo(
                        """
                        qemu 0.2.0 built-in
                        xen 0.2.0 built-in
                        sample 1.0.0 sample.jar
                        user 0.2.0 built-in
                        dm 0.2.0 built-in
                        overlay 0.2.0 built-in
                        """);
        assertThat(daemon.ctl("run", "--rm", "busybox", "echo", "new").ok()).isEqualTo("new\n");
        assertContiguousLog();
    }

    /** A distribution whose bundles are one version further. */
    private Path nextVersion() throws Exception {
        var next = daemon.directory.resolve("next");
        try (var copy =
                daemon.program(
                        daemon.directory,
                        Map.of(),
                        List.of("cp", "-a", Daemon.DISTRIBUTION.toString(), next.toString()))) {
            copy.await().ok();
        }
        for (var name : BundleJar.names()) {
            var jar = next.resolve("bundle").resolve(BundleJar.builtIn(name).getFileName());
            BundleJar.of(name).version("0.2.0").write(jar);
        }
        return next;
    }

    private void containerServes() throws Exception {
        assertThat(WebClients.get(port, "/hostname")).contains("200 OK");
        assertThat(daemon.ctl("exec", "web", "echo", "here").ok()).isEqualTo("here\n");
        try (var logs = daemon.spawn("logs", "-f", "-n", "1", "web")) {
            logs.awaitOutput("\n");
        }
    }

    private void assertContiguousLog() throws InterruptedException {
        var lines = daemon.ctl("logs", "web").ok().lines().map(Integer::valueOf).toList();
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).as("line " + i).isEqualTo(i + 1);
        }
    }

    /** The number of one of the distribution's bundles in the framework. */
    private String bundle(String name) throws InterruptedException {
        return daemon.ctl("shell", "-c", "felix:lb -s")
                .ok()
                .lines()
                .filter(line -> line.contains("|io.hypercontainer." + name + " "))
                .map(line -> line.substring(0, line.indexOf('|')).strip())
                .findFirst()
                .orElseThrow();
    }
}
