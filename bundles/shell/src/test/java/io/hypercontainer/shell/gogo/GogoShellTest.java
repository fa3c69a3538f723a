// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.shell.CommandCatalog;
import io.hypercontainer.shell.CommandRunner;
import io.hypercontainer.shell.Completion;
import io.hypercontainer.shell.Samples;
import io.hypercontainer.shell.Supplied;
import io.hypercontainer.shell.builtin.CompleteCommand;
import io.hypercontainer.shell.builtin.CompletionCommand;
import io.hypercontainer.shell.socket.Client;
import io.hypercontainer.shell.socket.SocketServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hyperctl shell} and completion, from the real client to Gogo. */
class GogoShellTest {
    @TempDir Path folder;
    private Path socket;
    private SocketServer server;
    private static final ThreadIOImpl THREAD_IO = new ThreadIOImpl();
    private final CommandProcessorImpl processor = new CommandProcessorImpl(THREAD_IO);

    /** It takes System.out over, once for all sessions. */
    @BeforeAll
    static void start() {
        THREAD_IO.start();
    }

    @AfterAll
    static void stop() {
        THREAD_IO.stop();
    }

    @BeforeEach
    void open() {
        CommandCatalog catalog = Samples.catalog();
        var runner = new CommandRunner(catalog);
        var completion = new Completion(catalog);
        for (var name : catalog.firstWords()) {
            processor.addCommand("hyper", new HyperFunction(name, runner, THREAD_IO), name);
        }
        catalog.add(Supplied.entry("", () -> new ShellCommand(processor, completion)));
        catalog.add(Supplied.entry("", () -> new CompleteCommand(completion)));
        catalog.add(Supplied.entry("", CompletionCommand::new));
        socket = folder.resolve("hyper.sock");
        server = new SocketServer(socket, runner);
    }

    @AfterEach
    void close() {
        server.close();
        processor.stop();
    }

    private Client.Result shell(String input, String... words) throws Exception {
        var line = new String[words.length + 1];
        line[0] = "shell";
        System.arraycopy(words, 0, line, 1, words.length);
        var client = Client.of(socket, line).directory(folder.toFile());
        return Client.run(client, input.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_text_is_run_with_its_exit_code() throws Exception {
        assertThat(shell("", "-c", "hyper:ps"))
                .isEqualTo(new Client.Result(0, "CONTAINER ID\n", ""));
        assertThat(shell("", "-c", "run busybox").exit()).isEqualTo(17);
        assertThat(shell("", "-c", "run busybox; ps").exit()).isZero();
        assertThat(shell("", "-c", "ps -a"))
                .isEqualTo(new Client.Result(1, "", "hyperctl: all is too much\n"));
    }

    @Test
    void commands_form_pipes() throws Exception {
        assertThat(shell("", "-c", "echo one two | echo -i three").out())
                .isEqualTo("one two\nthree\n");
    }

    @Test
    void a_script_comes_from_standard_input_or_a_file_of_the_client() throws Exception {
        Files.writeString(folder.resolve("script"), "x = $1\necho $x $2\n");

        assertThat(shell("echo a\necho b\n").out()).isEqualTo("a\nb\n");
        assertThat(shell("", "script", "first", "second").out()).isEqualTo("first second\n");
    }

    @Test
    void what_is_wrong_is_said_in_one_line() throws Exception {
        assertThat(shell("", "-c", "no-such-thing"))
                .isEqualTo(
                        new Client.Result(127, "", "hyperctl: no-such-thing: command not found\n"));
        assertThat(shell("", "-c", "echo (").err()).startsWith("hyperctl: ").hasLineCount(1);
    }

    @Test
    void an_interrupt_ends_a_script() throws Exception {
        var process = Client.of(socket, "shell", "-c", "wait").start();
        assertThat(process.inputReader().readLine()).isEqualTo("waiting");

        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

        assertThat(process.waitFor()).isEqualTo(130);
    }

    /** Plays a terminal: waits for each text in turn, then types what belongs to it. */
    private String terminal(String... waitAndType) throws IOException, InterruptedException {
        var script =
                """
                import os, pty, sys, termios
                pid, master = pty.fork()
                if pid == 0:
                    os.environ["TERM"] = "xterm"
                    os.environ["HOME"] = sys.argv[1]
                    termios.tcsetwinsize(0, (24, 80))
                    os.execv(sys.argv[2], [sys.argv[2], "-H", "unix://" + sys.argv[3], "shell"])
                seen = b""
                steps = [os.fsencode(a).decode("unicode_escape").encode("latin1") for a in sys.argv[4:]]
                for wait, keys in zip(steps[::2], steps[1::2]):
                    while wait not in seen:
                        try:
                            part = os.read(master, 10000)
                        except OSError:
                            part = b""
                        if not part:
                            print("ended while waiting for", wait, "after", seen)
                            sys.exit(1)
                        seen += part
                    seen = seen[seen.index(wait) + len(wait):]
                    os.write(master, keys)
                try:
                    while part := os.read(master, 10000):
                        seen += part
                except OSError:
                    pass
                print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                """;
        var line =
                new java.util.ArrayList<>(
                        java.util.List.of(
                                "python3",
                                "-c",
                                script,
                                folder.toString(),
                                Client.PROGRAM.toString(),
                                socket.toString()));
        line.addAll(java.util.List.of(waitAndType));
        return Client.run(new ProcessBuilder(line), new byte[0]).out();
    }

    @Test
    void lines_are_edited_and_run_on_a_terminal() throws Exception {
        assertThat(
                        terminal(
                                "hyper> ", "echo seven xx\\x7f\\x7f\\r",
                                "lseven\\r\\n", "",
                                "hyper> ", "run busybox\\r",
                                "busybox null []\\r\\n", "",
                                "hyper> ", "\\x04"))
                .isEqualTo("exit 17\n");
    }

    @Test
    void tab_completes_commands_options_and_names() throws Exception {
        assertThat(
                        terminal(
                                "hyper> ", "ec\\tone\\r",
                                "lone\\r\\n", "",
                                "hyper> ", "run --inter\\tde\\t\\r",
                                "i=true", "",
                                "debian null", "",
                                "hyper> ", "exit\\r"))
                .isEqualTo("exit 17\n");
    }

    @Test
    void a_running_command_gets_the_terminal_and_ctrl_c_ends_it_alone() throws Exception {
        assertThat(
                        terminal(
                                "hyper> ", "ask\\r",
                                "ready\\r\\n", "typed\\n",
                                "typed\\r\\n", "\\x04",
                                "typed\\r\\ndone\\r\\n", "",
                                "hyper> ", "wait\\r",
                                "waiting\\r\\n", "\\x03",
                                "hyper> ", "half a line\\x03",
                                "hyper> ", "\\x04"))
                .isEqualTo("exit 130\n");
    }

    @Test
    void history_is_kept_with_the_client() throws Exception {
        terminal("hyper> ", "echo first\\r", "lfirst\\r\\n", "", "hyper> ", "\\x04");

        assertThat(folder.resolve(".hyperctl_history")).hasContent("echo first\n");
        assertThat(
                        terminal(
                                "hyper> ", "\\x1bOA\\r",
                                "lfirst\\r\\n", "",
                                "hyper> ", "\\x04"))
                .isEqualTo("exit 0\n");
    }

    @Test
    void bash_completes_with_the_script() throws Exception {
        var script =
                """
                hyperctl() { "%s" -H "unix://%s" "$@"; }
                source <(hyperctl completion bash)
                COMP_LINE=$1; COMP_POINT=${#1}; shift
                COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                compopt() { :; }
                _hyperctl
                printf '<%%s>' "${COMPREPLY[@]}"
                """
                        .formatted(Client.PROGRAM, socket);

        assertThat(bash(script, "hyperctl r", "hyperctl", "r")).isEqualTo("<rm><run>");
        assertThat(bash(script, "hyperctl run --rm ", "hyperctl", "run", "--rm", ""))
                .isEqualTo("<busybox:latest><busybox:1.36><debian>");
        assertThat(bash(script, "hyperctl run busybox:l", "hyperctl", "run", "busybox", ":", "l"))
                .isEqualTo("<latest>");
    }

    private static String bash(String script, String... words) throws Exception {
        var line = new java.util.ArrayList<>(java.util.List.of("bash", "-c", script, "bash"));
        line.addAll(java.util.List.of(words));
        var result = Client.run(new ProcessBuilder(line), new byte[0]);
        assertThat(result.err()).isEmpty();
        return result.out();
    }
}
