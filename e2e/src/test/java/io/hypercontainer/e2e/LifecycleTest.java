// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A container's life in single steps. */
class LifecycleTest {
    private static Daemon daemon;
    private final JsonMapper json = new JsonMapper();

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
    void create_start_wait_logs_and_remove() throws Exception {
        var id =
                daemon.ctl(
                                "create",
                                "--name",
                                "steps",
                                "busybox",
                                "sh",
                                "-c",
                                "echo one; echo two >&2; exit 3")
                        .ok()
                        .strip();
        assertThat(id).matches("[0-9a-f]{64}");
        assertThat(status("steps")).isEqualTo("created");

        assertThat(daemon.ctl("start", "steps").ok()).isEqualTo("steps\n");
        assertThat(daemon.ctl("wait", "steps").ok()).isEqualTo("3\n");

        assertThat(status("steps")).isEqualTo("exited");
        assertThat(inspect("steps").at("/State/ExitCode").asInt()).isEqualTo(3);
        var logs = daemon.ctl("logs", "steps");
        assertThat(logs.ok()).isEqualTo("one\n");
        assertThat(logs.err()).isEqualTo("two\n");
        assertThat(daemon.ctl("rm", "steps").ok()).isEqualTo("steps\n");
        assertThat(daemon.ctl("inspect", "steps").exit()).isEqualTo(1);
    }

    @Tag("every-hypervisor-long")
    @Test
    void a_started_again_container_has_its_data() throws Exception {
        daemon.ctl(
                        "create",
                        "--name",
                        "again",
                        "busybox",
                        "sh",
                        "-c",
                        "cat /mark 2>/dev/null; echo seen >>/mark")
                .ok();

        daemon.ctl("start", "again").ok();
        daemon.ctl("wait", "again").ok();
        assertThat(daemon.ctl("start", "-a", "again").ok()).isEqualTo("seen\n");
        assertThat(daemon.ctl("start", "-a", "again").ok()).isEqualTo("seen\nseen\n");

        daemon.ctl("rm", "again").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void exec_runs_beside_the_first_process() throws Exception {
        daemon.ctl("run", "-d", "--name", "beside", "-e", "KIND=first", "busybox", "sleep", "1000")
                .ok();

        var result =
                daemon.ctl(
                        "exec",
                        "-e",
                        "MORE=1",
                        "-w",
                        "/tmp",
                        "beside",
                        "sh",
                        "-c",
                        "echo $KIND $MORE; pwd; cat /proc/1/comm; exit 9");
        assertThat(result.exit()).isEqualTo(9);
        assertThat(result.out()).isEqualTo("first 1\n/tmp\nsleep\n");
        assertThat(
                        daemon.ctl(
                                        "input".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                        "exec",
                                        "-i",
                                        "beside",
                                        "cat")
                                .ok())
                .isEqualTo("input");
        assertThat(daemon.ctl("exec", "beside", "nothing-like-it").exit()).isEqualTo(127);
        assertThat(daemon.ctl("exec", "-u", "nobody", "beside", "id", "-un").ok())
                .isEqualTo("nobody\n");

        daemon.ctl("rm", "-f", "beside").ok();
        assertThat(daemon.ctl("exec", "beside", "true").exit()).isEqualTo(125);
    }

    @Tag("every-hypervisor-long")
    @Test
    void stop_asks_first_and_kills_when_the_grace_is_over() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "polite",
                        "busybox",
                        "sh",
                        "-c",
                        "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.1; done")
                .ok();
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "deaf",
                        "busybox",
                        "sh",
                        "-c",
                        "trap '' TERM; echo ready; while :; do sleep 0.1; done")
                .ok();
        for (String name : List.of("polite", "deaf")) {
            try (var logs = daemon.spawn("logs", "-f", name)) {
                logs.awaitOutput("ready");
            }
        }

        assertThat(daemon.ctl("stop", "polite").ok()).isEqualTo("polite\n");
        assertThat(daemon.ctl("stop", "-t", "1", "deaf").ok()).isEqualTo("deaf\n");

        assertThat(inspect("polite").at("/State/ExitCode").asInt()).isEqualTo(7);
        assertThat(daemon.ctl("logs", "polite").ok()).endsWith("bye\n");
        assertThat(inspect("deaf").at("/State/ExitCode").asInt()).isEqualTo(137);
        daemon.ctl("rm", "polite", "deaf").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void kill_sends_the_signal_asked_for() throws Exception {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "signalled",
                        "busybox",
                        "sh",
                        "-c",
                        "trap 'echo usr1' USR1; echo ready; while :; do sleep 0.1; done")
                .ok();
        try (var logs = daemon.spawn("logs", "-f", "signalled")) {
            logs.awaitOutput("ready");
            daemon.ctl("kill", "-s", "USR1", "signalled").ok();
            logs.awaitOutput("usr1");
            daemon.ctl("kill", "signalled").ok();
            assertThat(logs.await().exit()).isZero();
        }
        assertThat(daemon.ctl("wait", "signalled").ok()).isEqualTo("137\n");
        daemon.ctl("rm", "signalled").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void attach_joins_and_leaves_a_running_process() throws Exception {
        daemon.ctl("run", "-d", "-i", "--name", "joined", "busybox", "cat").ok();
        try (var attached = daemon.spawn("attach", "joined")) {
            attached.stdin()
                    .write("to and fro\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            attached.stdin().flush();
            attached.awaitOutput("to and fro\n");
        }
        assertThat(status("joined")).isEqualTo("running");
        daemon.ctl("rm", "-f", "joined").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void ps_lists_what_runs_and_with_all_the_rest() throws Exception {
        daemon.ctl("run", "-d", "--name", "here", "--label", "team=a", "busybox", "sleep", "1000")
                .ok();
        daemon.ctl("run", "--name", "gone", "busybox", "true").ok();

        assertThat(daemon.ctl("ps", "--format", "{{.Names}}").ok().lines())
                .contains("here")
                .doesNotContain("gone");
        assertThat(daemon.ctl("ps", "-a", "--format", "{{.Names}}").ok().lines())
                .contains("here", "gone");
        assertThat(
                        daemon.ctl("ps", "-a", "--filter", "label=team=a", "--format", "{{.Names}}")
                                .ok())
                .isEqualTo("here\n");
        assertThat(daemon.ctl("list", "-aq").ok().lines()).hasSizeGreaterThanOrEqualTo(2);

        daemon.ctl("rm", "-f", "here", "gone").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void anonymous_volumes_of_an_automatically_removed_container_go_with_it() throws Exception {
        daemon.ctl(
                        "run",
                        "--rm",
                        "-v",
                        "/data",
                        "-v",
                        "named:/named",
                        "busybox",
                        "sh",
                        "-c",
                        "echo 1 >/data/a; echo kept >/named/b")
                .ok();

        assertThat(
                        daemon.ctl(
                                        "run",
                                        "--rm",
                                        "-v",
                                        "named:/n:ro",
                                        "busybox",
                                        "sh",
                                        "-c",
                                        "cat /n/b; touch /n/c 2>/dev/null || echo read-only")
                                .ok())
                .isEqualTo("kept\nread-only\n");
        assertThat(daemon.ctl("volume", "ls", "-q").ok()).isEqualTo("named\n");
        daemon.ctl("volume", "rm", "named").ok();
    }

    @Test
    void a_folder_of_the_host_is_seen_with_changes_both_ways() throws Exception {
        var folder = java.nio.file.Files.createDirectory(daemon.directory.resolve("shared"));
        java.nio.file.Files.writeString(folder.resolve("from-host"), "host\n");

        assertThat(
                        daemon.ctl(
                                        "run",
                                        "--rm",
                                        "-v",
                                        folder + ":/shared",
                                        "busybox",
                                        "sh",
                                        "-c",
                                        "cat /shared/from-host; echo guest >/shared/from-guest")
                                .ok())
                .isEqualTo("host\n");

        assertThat(folder.resolve("from-guest")).hasContent("guest\n");
        var readOnly =
                daemon.ctl(
                        "run",
                        "--rm",
                        "-v",
                        folder + ":/shared:ro",
                        "busybox",
                        "touch",
                        "/shared/x");
        assertThat(readOnly.exit()).isEqualTo(1);
        assertThat(readOnly.err()).contains("Read-only file system");
    }

    @Test
    void ten_at_once_all_work_and_leave_nothing() throws Exception {
        var commands = new ArrayList<Command>();
        for (int i = 0; i < 10; i++) {
            commands.add(
                    daemon.spawn(
                            "run",
                            "--name",
                            "many" + i,
                            "busybox",
                            "sh",
                            "-c",
                            "echo $((" + i + " * 7))"));
        }
        for (int i = 0; i < 10; i++) {
            try (var command = commands.get(i)) {
                command.stdin().close();
                assertThat(command.await().ok()).isEqualTo(i * 7 + "\n");
            }
        }
        for (int i = 0; i < 10; i++) {
            daemon.ctl("rm", "-f", "many" + i).ok();
        }
        assertThat(daemon.files("vms")).isEmpty();
        assertThat(daemon.files("containers")).isEmpty();
        daemon.awaitIdle();
        assertThat(daemon.helpers()).isEmpty();
    }

    private String status(String name) throws Exception {
        return inspect(name).at("/State/Status").asString();
    }

    private JsonNode inspect(String name) throws Exception {
        return json.readTree(daemon.ctl("inspect", name).ok()).get(0);
    }
}
