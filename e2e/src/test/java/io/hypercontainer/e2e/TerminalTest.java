// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a person sees who sits at a terminal. */
class TerminalTest {
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
    void a_shell_in_a_container_has_a_terminal_of_the_right_size() throws Exception {
        var result =
                play(
                        List.of(
                                size(30, 100),
                                expect("#"),
                                send("tty; stty size\r"),
                                expect("/dev/pts/0"),
                                expect("30 100"),
                                size(41, 77),
                                send(
                                        "until [ \"$(stty size)\" = '41 77' ]; do sleep 0.05; done; echo re''sized\r"),
                                expect("resized"),
                                send("exit 6\r")),
                        "run",
                        "-it",
                        "--rm",
                        "busybox",
                        "sh");

        assertThat(result.exit()).as(result.toString()).isEqualTo(6);
    }

    @Tag("every-hypervisor-long")
    @Test
    void an_interrupt_key_reaches_the_process_in_the_container() throws Exception {
        var result =
                play(
                        List.of(
                                expect("#"),
                                send("sh -c \"echo be''gun; exec sleep 1000\"\r"),
                                expect("begun"),
                                send("\003"),
                                send("echo status $?\r"),
                                expect("status 130"),
                                send("exit\r")),
                        "run",
                        "-it",
                        "--rm",
                        "busybox",
                        "sh");

        assertThat(result.err()).isEmpty();
    }

    @Tag("every-hypervisor-long")
    @Test
    void the_detach_keys_leave_the_container_running() throws Exception {
        var result =
                play(
                        List.of(expect("#"), send("\020\021"), expect("read escape sequence")),
                        "run",
                        "-it",
                        "--name",
                        "left",
                        "busybox",
                        "sh");

        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(daemon.ctl("inspect", "--format", "{{.State.Status}}", "left").ok())
                .isEqualTo("running\n");
        var again = play(List.of(send("\r"), expect("#"), send("exit 3\r")), "attach", "left");
        assertThat(again.exit()).as(again.toString()).isEqualTo(3);
        daemon.ctl("rm", "left").ok();
    }

    @Test
    void a_container_of_a_pod_file_has_a_terminal() throws Exception {
        String file = Daemon.DISTRIBUTION.resolve("examples/pods/tty.yaml").toString();

        var result =
                play(
                        List.of(expect("#"), send("tty\r"), expect("/dev/pts/0"), send("exit 7\r")),
                        "run",
                        "--podfile",
                        file,
                        "--attach",
                        "--rm");

        assertThat(result.exit()).as(result.toString()).isEqualTo(7);
        assertThat(daemon.ctl("pod", "ls", "-q", "--filter", "name=tty").ok()).isEmpty();
    }

    @Tag("every-hypervisor-long")
    @Test
    void an_interrupt_of_the_client_is_passed_on_without_a_terminal() throws Exception {
        var script = "trap 'echo got it; exit 4' INT; echo ready; while :; do sleep 0.1; done";
        // env: a build that runs in the background has INT ignored, and the client would inherit
        // it.
        try (var run =
                daemon.program(
                        daemon.directory,
                        Map.of(),
                        List.of(
                                "env",
                                "--default-signal=INT",
                                Daemon.hyperctl(),
                                "run",
                                "--rm",
                                "busybox",
                                "sh",
                                "-c",
                                script))) {
            run.awaitOutput("ready");

            new ProcessBuilder("kill", "-INT", Long.toString(run.process().pid()))
                    .start()
                    .waitFor();

            var result = run.await();
            assertThat(result.exit()).as(result.toString()).isEqualTo(4);
            assertThat(result.out()).endsWith("got it\n");
        }
    }

    @Test
    void a_terminal_is_refused_where_there_is_none() throws Exception {
        var result = daemon.ctl("run", "-it", "--rm", "busybox", "true");

        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err()).contains("TTY").hasLineCount(1);
    }

    @Test
    void pull_progress_and_tables_come_as_plain_lines_without_a_terminal() throws Exception {
        assertThat(daemon.ctl("images").ok()).doesNotContain("\033").startsWith("REPOSITORY");
    }

    @Test
    void the_shell_edits_completes_and_runs_commands() throws Exception {
        var result =
                play(
                        List.of(
                                size(24, 120),
                                expect("hyper"),
                                send("hyper:vers\t\r"),
                                expect("0.1.0"),
                                send("hyper:images\r"),
                                expect("busybox"),
                                send("\004")),
                        "shell");

        assertThat(result.exit()).as(result.toString()).isZero();
    }

    @Test
    void the_shell_runs_a_command_from_its_arguments() throws Exception {
        assertThat(daemon.ctl("shell", "-c", "hyper:images").ok()).contains("busybox");
    }

    private static Result play(List<List<Object>> steps, String... words) throws Exception {
        var script = Path.of(TerminalTest.class.getResource("/terminal.py").toURI());
        var all = new ArrayList<String>();
        all.addAll(
                List.of("python3", script.toString(), new JsonMapper().writeValueAsString(steps)));
        all.add(Daemon.hyperctl());
        all.addAll(Arrays.asList(words));
        try (var command = daemon.program(daemon.directory, Map.of(), all)) {
            command.stdin().close();
            return command.await();
        }
    }

    private static List<Object> size(int rows, int columns) {
        return List.of("size", rows, columns);
    }

    private static List<Object> send(String keys) {
        return List.of("send", keys);
    }

    private static List<Object> expect(String text) {
        return List.of("expect", text);
    }
}
