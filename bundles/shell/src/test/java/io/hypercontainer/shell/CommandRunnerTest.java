// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandRunnerTest {
    private final CommandCatalog catalog = Samples.catalog();
    private final CommandRunner runner = new CommandRunner(catalog);
    private final MemorySession session = new MemorySession();

    private int run(String line) {
        return runner.run(line.isEmpty() ? List.of() : List.of(line.split(" ")), session);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run -it --rm busybox | i=true t=true rm=true sig=true env=[] m=0 busybox null []",
                "run busybox -it --rm=x | i=false t=false rm=false sig=true env=[] m=0 busybox -it [--rm=x]",
                "run --rm=false --sig-proxy=false busybox | i=false t=false rm=false sig=false env=[] m=0 busybox null []",
                "run --sig-proxy busybox | i=false t=false rm=false sig=true env=[] m=0 busybox null []",
                "run -it=false busybox true | i=true t=false rm=false sig=true env=[] m=0 busybox true []",
                "run --rm true false | i=false t=false rm=true sig=true env=[] m=0 true false []",
                "run -ite A=1 -eB=2 --env=C=3 -m 64 busybox | i=true t=true rm=false sig=true env=[A=1, B=2, C=3] m=64 busybox null []",
                "run -- busybox -- x | i=false t=false rm=false sig=true env=[] m=0 busybox -- [x]",
                "run busybox @file '' | i=false t=false rm=false sig=true env=[] m=0 busybox @file ['']",
                "container run busybox | i=false t=false rm=false sig=true env=[] m=0 busybox null []",
            })
    void options_are_read_as_in_docker(String line, String printed) {
        assertThat(run(line)).isEqualTo(17);
        assertThat(session.printed()).isEqualTo(printed + "\n");
        assertThat(session.errors()).isEmpty();
    }

    @Test
    void other_commands_take_options_anywhere() {
        assertThat(run("rm one -f two")).isZero();
        assertThat(session.printed()).isEqualTo("[one, two] true\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run --no-such x | unknown option: '--no-such' | run",
                "run -x x | unknown option: '-x' | run",
                "run | missing required parameter: 'IMAGE' | run",
                "run -e | missing required parameter for option '--env' (NAME=VALUE) | run",
                "rm | missing required parameter: 'CONTAINER' | rm",
                "ps extra | unmatched argument at index 0: 'extra' | ps",
            })
    void a_wrong_command_line_points_to_the_help(String line, String message, String command) {
        assertThat(run(line)).isEqualTo(125);
        assertThat(session.errors())
                .isEqualTo(
                        "hyperctl: %s\nRun 'hyperctl %s --help' for more information\n"
                                .formatted(message, command));
        assertThat(session.printed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run -m much busybox | invalid value for option '--memory': 'much' is not an int",
                "run --rm=perhaps busybox | invalid value for option '--rm': 'perhaps' is not a boolean",
            })
    void a_wrong_value_is_one_line(String line, String message) {
        assertThat(run(line)).isEqualTo(125);
        assertThat(session.errors()).isEqualTo("hyperctl: " + message + "\n");
    }

    @Test
    void an_unknown_command_is_refused_with_names_like_it() {
        assertThat(run("rnu")).isEqualTo(125);
        assertThat(session.errors())
                .isEqualTo(
                        "hyperctl: unknown command: 'rnu' (did you mean run?)\nSee 'hyperctl --help'\n");
    }

    @Test
    void an_unknown_command_of_a_family_is_refused() {
        assertThat(run("volume la")).isEqualTo(125);
        assertThat(session.errors())
                .isEqualTo(
                        "hyperctl: unknown command: 'volume la' (did you mean ls?)\nSee 'hyperctl volume --help'\n");
    }

    @Test
    void an_error_of_the_api_is_one_line_and_the_commands_failure_code() {
        assertThat(run("run missing")).isEqualTo(125);
        assertThat(run("ps -a")).isEqualTo(1);
        assertThat(session.errors())
                .isEqualTo(
                        """
                        hyperctl: no image 'missing': here: try 'hyperctl pull missing'
                        hyperctl: all is too much
                        """);
    }

    @Test
    void a_defect_is_one_line_and_points_to_the_log() {
        assertThat(run("__defect")).isEqualTo(125);
        assertThat(session.errors())
                .startsWith("hyperctl: internal error in '__defect'")
                .hasLineCount(1);
    }

    @Test
    void an_interrupted_command_says_nothing() {
        Thread.currentThread().interrupt();
        assertThat(run("wait")).isEqualTo(130);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(session.errors()).isEmpty();
    }

    @Test
    void the_overview_has_groups_and_families_and_nothing_hidden() {
        assertThat(run("")).isZero();
        assertThat(session.printed())
                .startsWith("Usage:  hyperctl [OPTIONS] COMMAND\n")
                .contains(
                        """

                        Common Commands:
                          ps    List containers
                          run   Create and run a new container from an image

                        Management Commands:
                          volume   Manage volumes

                        Commands:
                          ask    Ask, and print the answer
                          echo   Print words, and the input with -i
                          rm     Remove one or more containers
                          wait   Wait for ever
                        """)
                .doesNotContain("__defect");
    }

    @Test
    void help_of_a_command_has_dockers_shape() {
        assertThat(run("run --help")).isZero();
        assertThat(session.printed())
                .isEqualTo(
                        """
                        Usage:  hyperctl run [OPTIONS] IMAGE [COMMAND] [ARG...]

                        Create and run a new container from an image

                        Aliases:
                          hyperctl run, hyperctl container run

                        Options:
                          -e, --env NAME=VALUE   Set environment variables
                              --help             Print usage
                          -i, --interactive      Keep stdin open
                          -m, --memory MIB       Memory in MiB
                              --restart POLICY   When to restart
                              --rm               Remove the container when it exits
                              --sig-proxy        Pass signals on (default true)
                          -t, --tty              Allocate a terminal
                        """);
    }

    @Test
    void help_of_a_family_lists_its_commands() {
        assertThat(run("volume")).isZero();
        assertThat(run("container --help")).isZero();
        assertThat(session.printed())
                .contains("Usage:  hyperctl volume COMMAND\n", "  ls   List volumes\n")
                .contains("Usage:  hyperctl container COMMAND\n", "  run   Create and run");
    }

    @Test
    void a_command_that_has_never_been_there_is_unknown_and_one_that_has_gone_is_not_available() {
        var late = Supplied.entry("", Samples.Ps::new);
        var empty = new CommandCatalog();
        var follower = new CommandRunner(empty, Duration.ZERO);
        assertThat(follower.run(List.of("ps"), session)).isEqualTo(125);
        assertThat(session.errors()).startsWith("hyperctl: unknown command: 'ps'\n");

        empty.add(late);
        assertThat(follower.run(List.of("ps"), session)).isZero();

        empty.remove(late);
        assertThat(follower.run(List.of("ps"), session)).isEqualTo(125);
        assertThat(session.errors()).contains("hyperctl: 'ps' is not available: its bundle");
    }

    @Test
    void a_command_that_is_being_exchanged_is_waited_for() throws Exception {
        var empty = new CommandCatalog();
        var old = Supplied.entry("", Samples.Ps::new);
        empty.add(old);
        empty.remove(old);
        var follower = new CommandRunner(empty, Duration.ofMinutes(1));

        var code = CompletableFuture.supplyAsync(() -> follower.run(List.of("ps"), session));
        empty.add(Supplied.entry("", Samples.Remove::new));
        empty.add(Supplied.entry("", Samples.Ps::new));

        assertThat(code.get()).isZero();
    }
}
