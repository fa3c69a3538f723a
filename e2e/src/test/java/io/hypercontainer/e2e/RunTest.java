// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code hyperctl run} with the built-in image: what comes out, and with which exit code. */
class RunTest {
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
    void prints_what_the_process_prints() throws Exception {
        var result = daemon.ctl("run", "--rm", "busybox", "echo", "hello");

        assertThat(result.ok()).isEqualTo("hello\n");
        assertThat(result.err()).isEmpty();
    }

    @Tag("every-hypervisor")
    @Test
    void exits_as_the_process_does() throws Exception {
        assertThat(daemon.ctl("run", "--rm", "busybox", "sh", "-c", "exit 42").exit())
                .isEqualTo(42);
    }

    @Tag("every-hypervisor-long")
    @ParameterizedTest
    @CsvSource({"KILL, 137", "TERM, 143"})
    void tells_the_signal_that_ended_the_process(String signal, int code) throws Exception {
        // A first process gets only signals that it handles, and KILL; so the shell has a child
        // that gets it.
        var script = "sh -c 'kill -" + signal + " $$; sleep 9' & wait $!";

        assertThat(daemon.ctl("run", "--rm", "busybox", "sh", "-c", script).exit()).isEqualTo(code);
    }

    @Tag("every-hypervisor")
    @Test
    void ends_with_137_when_its_container_is_killed() throws Exception {
        try (var run =
                daemon.spawn(
                        "run", "--name", "doomed", "busybox", "sh", "-c", "echo up; sleep 1000")) {
            run.awaitOutput("up");
            daemon.ctl("kill", "doomed").ok();

            assertThat(run.await().exit()).isEqualTo(137);
        }
        daemon.ctl("rm", "doomed").ok();
    }

    @Tag("every-hypervisor-long")
    @Test
    void says_that_a_command_is_missing() throws Exception {
        var result = daemon.ctl("run", "--rm", "busybox", "no-such-command");

        assertThat(result.exit()).isEqualTo(127);
        assertThat(result.err()).contains("no-such-command").hasLineCount(1);
    }

    @Test
    void says_that_a_directory_is_no_command() throws Exception {
        var result = daemon.ctl("run", "--rm", "busybox", "/etc");

        assertThat(result.exit()).isEqualTo(126);
        assertThat(result.err()).contains("/etc").hasLineCount(1);
    }

    @Test
    void says_what_to_do_about_a_missing_image() throws Exception {
        var result = daemon.ctl("run", "--rm", "--pull", "never", "no-such-image", "true");

        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err())
                .contains("no-such-image")
                .contains("hyperctl pull")
                .hasLineCount(1);
    }

    @Tag("every-hypervisor-long")
    @Test
    void keeps_output_and_error_output_apart() throws Exception {
        var result = daemon.ctl("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2");

        assertThat(result.ok()).isEqualTo("out\n");
        assertThat(result.err()).isEqualTo("err\n");
    }

    @Tag("every-hypervisor-long")
    @Test
    void honours_the_options_of_the_process() throws Exception {
        var script = "id -u; id -g; pwd; hostname; echo $A $B; touch /x 2>&1; cat /etc/hostname";

        var result =
                daemon.ctl(
                        "run",
                        "--rm",
                        "-u",
                        "1000:1001",
                        "-w",
                        "/var/tmp",
                        "--hostname",
                        "box",
                        "-e",
                        "A=1",
                        "-e",
                        "B=two words",
                        "--read-only",
                        "busybox",
                        "sh",
                        "-c",
                        script);

        assertThat(result.out().lines())
                .containsExactly(
                        "1000",
                        "1001",
                        "/var/tmp",
                        "box",
                        "1 two words",
                        "touch: /x: Read-only file system",
                        "box");
    }

    @Test
    void takes_environment_from_a_file_and_from_the_client() throws Exception {
        var file = daemon.directory.resolve("vars");
        Files.writeString(file, "# comment\nONE=1\nTWO=2 3\nFROM_CLIENT\n");
        try (var command =
                daemon.spawnIn(
                        daemon.directory,
                        java.util.Map.of("FROM_CLIENT", "yes", "ALSO", "too"),
                        "run",
                        "--rm",
                        "--env-file",
                        "vars",
                        "-e",
                        "ALSO",
                        "busybox",
                        "env")) {
            command.stdin().close();

            assertThat(command.await().ok().lines())
                    .contains("ONE=1", "TWO=2 3", "FROM_CLIENT=yes", "ALSO=too");
        }
    }

    @Tag("every-hypervisor-long")
    @Test
    void replaces_the_entrypoint() throws Exception {
        var result = daemon.ctl("run", "--rm", "--entrypoint", "/bin/echo", "busybox", "a", "b");

        assertThat(result.ok()).isEqualTo("a b\n");
    }

    @Test
    void gives_the_machine_the_memory_and_cpus_asked_for() throws Exception {
        var result =
                daemon.ctl(
                        "run",
                        "--rm",
                        "--memory",
                        "300m",
                        "--cpus",
                        "2",
                        "busybox",
                        "sh",
                        "-c",
                        "grep -c ^processor /proc/cpuinfo; awk '/MemTotal/{print $2}' /proc/meminfo");

        var lines = result.ok().lines().toList();
        assertThat(lines.get(0)).isEqualTo("2");
        assertThat(Integer.parseInt(lines.get(1))).isBetween(230 * 1024, 300 * 1024);
    }

    @Tag("every-hypervisor-long")
    @Test
    void runs_in_a_kernel_and_namespaces_of_its_own() throws Exception {
        var result =
                daemon.ctl(
                        "run",
                        "--rm",
                        "busybox",
                        "sh",
                        "-c",
                        "uname -r; echo $$; ls /proc | grep -c '^[0-9]'");

        var lines = result.ok().lines().toList();
        assertThat(lines.get(0))
                .isNotEqualTo(System.getProperty("os.version"))
                .contains("cloud-amd64");
        assertThat(lines.get(1)).isEqualTo("1");
        assertThat(Integer.parseInt(lines.get(2))).isLessThanOrEqualTo(3);
    }

    @Test
    void passes_a_gibibyte_through() throws Exception {
        // Bytes that depend on their position, so that lost, doubled and swapped ones change the
        // sum.
        var script =
                "head -c 1073741824 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 -nosalt 2>/dev/null"
                        + " | tee >(sha256sum >&2) | \"$0\" run -i --rm busybox cat | sha256sum";
        try (var command =
                daemon.program(
                        daemon.directory,
                        java.util.Map.of(),
                        List.of("bash", "-c", script, Daemon.hyperctl()))) {
            command.stdin().close();
            var result = command.await();

            assertThat(result.ok()).isEqualTo(result.err()).matches("[0-9a-f]{64}  -\n");
        }
    }

    @Tag("every-hypervisor")
    @Test
    void leaves_nothing_behind() throws IOException, InterruptedException {
        daemon.ctl("run", "--rm", "busybox", "true").ok();

        assertThat(daemon.ctl("ps", "-aq").ok()).isEmpty();
        assertThat(daemon.files("containers")).isEmpty();
        assertThat(daemon.files("vms")).isEmpty();
        daemon.awaitIdle();
        assertThat(daemon.helpers()).isEmpty();
    }
}
