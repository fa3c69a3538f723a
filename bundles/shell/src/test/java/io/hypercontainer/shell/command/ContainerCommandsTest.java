// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.ExecSpec;
import io.hypercontainer.api.runtime.LogOptions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ContainerCommandsTest {
    private final Typed typed = new Typed();
    private final FakeContainers containers = typed.runtime.containers;

    @BeforeEach
    void fill() {
        containers
                .with(Samples.running("web").ports(new PortMapping("tcp", "0.0.0.0", 8080, 80)))
                .with(Samples.exited("job", 3))
                .with(Samples.created("new"));
    }

    @ParameterizedTest
    @CsvSource({
        "stop web job, stop web, stop job",
        "stop -t 5 web job, stop web 5, stop job 5",
        "kill web web, kill web KILL, kill web KILL",
        "kill -s USR1 web web, kill web USR1, kill web USR1",
        "rm job new, remove job false false, remove new false false",
        "rm -fv job new, remove job true true, remove new true true",
        "start job new, start job, start new"
    })
    void namesAreEchoedOneALine(String line, String first, String second) {
        assertThat(typed.run(line)).isZero();

        String[] words = line.split(" ");
        assertThat(typed.out().lines())
                .containsExactly(words[words.length - 2], words[words.length - 1]);
        assertThat(containers.calls).containsExactlyInAnyOrder(first, second);
        assertThat(typed.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"stop", "rm", "start", "kill"})
    void whatFailsForOneDoesNotKeepTheOthers(String command) {
        assertThat(typed.run(command + " gone web")).isEqualTo(1);

        assertThat(typed.out()).isEqualTo("web\n");
        assertThat(typed.err()).isEqualTo("hyperctl: there is no container 'gone'\n");
    }

    @Test
    void stopsSeveralAtATimeAndTellsInTheirOrder() {
        for (int i = 0; i < 40; i++) {
            containers.with(Samples.running("c" + i));
        }
        String[] words = new String[41];
        words[0] = "stop";
        for (int i = 0; i < 40; i++) {
            words[i + 1] = "c" + i;
        }

        assertThat(typed.run(words)).isZero();
        assertThat(typed.out().lines())
                .containsExactly(java.util.Arrays.copyOfRange(words, 1, words.length));
    }

    @Test
    void startTellsWhyAProgramCannotBeExecutedAndGoesOn() {
        containers.cannotExecute = new CannotExecute("no 'x'", true);
        assertThat(typed.run("start job new")).isEqualTo(1);
        assertThat(typed.err()).isEqualTo("hyperctl: no 'x'\n".repeat(2));
    }

    @Test
    void startAttachedHasTheCodeOfTheProcess() {
        containers.process = FakeProcess.ended(7, "again\n", "");

        assertThat(typed.run("start -a job")).isEqualTo(7);
        assertThat(typed.out()).isEqualTo("again\n");
    }

    @Test
    void startAttachedHasDockersCodesForErrors() {
        assertThat(typed.run("start -a gone")).isEqualTo(125);
        containers.cannotExecute = new CannotExecute("no 'x'", true);
        assertThat(typed.run("start -a job")).isEqualTo(127);
        assertThat(typed.run("start -a job new")).isEqualTo(1);
        assertThat(typed.err())
                .isEqualTo(
                        """
                        hyperctl: there is no container 'gone'
                        hyperctl: no 'x'
                        hyperctl: you cannot start and attach multiple containers at once
                        """);
    }

    @Test
    void waitPrintsExitCodes() {
        assertThat(typed.run("wait job gone new")).isEqualTo(1);
        assertThat(typed.out()).isEqualTo("3\n0\n");
        assertThat(typed.err()).isEqualTo("hyperctl: there is no container 'gone'\n");
    }

    @Test
    void execRunsAFurtherProcess() {
        containers.process = FakeProcess.ended(9, "out", "err");
        typed.session.variable("HOST_VAR", "x");

        int code = typed.run("exec -e A=1 -e HOST_VAR -u 1000 -w /tmp --privileged web ls -l -u x");

        assertThat(code).isEqualTo(9);
        assertThat(typed.out()).isEqualTo("out");
        assertThat(typed.err()).isEqualTo("err");
        assertThat(containers.execs)
                .containsExactly(
                        new ExecSpec(
                                List.of("ls", "-l", "-u", "x"),
                                List.of("A=1", "HOST_VAR=x"),
                                Optional.of("1000"),
                                Optional.of("/tmp"),
                                Optional.empty(),
                                false,
                                true));
    }

    @Test
    void execTakesInputIfWanted() {
        typed.session.input("some");
        containers.process = new FakeProcess(false);
        Thread.ofVirtual()
                .start(() -> {
                    containers.process.wholeInput();
                    containers.process.exit(0);
                });

        assertThat(typed.run("exec -i web cat")).isZero();
        assertThat(containers.process.inputSoFar()).isEqualTo("some");
    }

    @Test
    void execInTheBackgroundLeavesAtOnce() {
        containers.process = new FakeProcess(false);
        assertThat(typed.run("exec -d web sleep 1000")).isZero();
        assertThat(containers.process.closed()).isTrue();
        assertThat(typed.out()).isEmpty();
    }

    @Test
    void execHasDockersCodesForErrors() {
        assertThat(typed.run("exec gone true")).isEqualTo(125);
        assertThat(typed.run("exec job true")).isEqualTo(125);
        assertThat(typed.run("exec web")).isEqualTo(125);
        containers.cannotExecute = new CannotExecute("no 'x'", true);
        assertThat(typed.run("exec web x")).isEqualTo(127);
    }

    @Test
    void execGivesATerminalOfTheClientsSize() {
        typed.session.onTerminal(30, 90);
        containers.process = new FakeProcess(true).exit(0);
        typed.run("exec -it web sh");
        assertThat(containers.execs.getFirst().terminal()).contains(new TerminalSize(30, 90));
    }

    @Test
    void attachJoinsAProcess() {
        containers.process = FakeProcess.ended(4, "more\n", "");

        assertThat(typed.run("attach web")).isEqualTo(4);
        assertThat(typed.out()).isEqualTo("more\n");
        assertThat(typed.run("attach job")).isEqualTo(1);
        assertThat(typed.err()).isEqualTo("hyperctl: container 'job' does not run\n");
    }

    @Test
    void attachLetsAScreenBeDrawnAnew() {
        containers.with(Samples.running("screen").input(true, true));
        containers.process = new FakeProcess(true).exit(0);
        typed.session.onTerminal(24, 80);

        assertThat(typed.run("attach screen")).isZero();
        assertThat(containers.process.sizes())
                .containsExactly(new TerminalSize(24, 79), new TerminalSize(24, 80));
    }

    @Test
    void attachToATerminalNeedsATerminalUnlessInputIsNotWanted() {
        containers.with(Samples.running("screen").input(true, true));
        containers.process = new FakeProcess(true).exit(0);

        assertThat(typed.run("attach screen")).isEqualTo(1);
        assertThat(typed.run("attach --no-stdin screen")).isZero();
        assertThat(typed.err()).isEqualTo("hyperctl: the input device is not a TTY\n");
    }

    @Test
    void logsKeepOutputAndErrorOutputApart() {
        containers.line(false, "one\n").line(true, "two\n");

        assertThat(typed.run("logs web")).isZero();
        assertThat(typed.out()).isEqualTo("one\n");
        assertThat(typed.err()).isEqualTo("two\n");
        assertThat(containers.logOptions)
                .containsExactly(
                        new LogOptions(
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                true,
                                true));
    }

    @Test
    void logsWithTimestampsHaveOneInFrontOfEachLineOnly() {
        containers.line(false, "be").line(true, "err\n").line(false, "gin\n").line(false, "end");

        typed.run("logs -t web");
        assertThat(typed.out())
                .isEqualTo(
                        "2026-11-24T08:00:00.000000000Z begin\n"
                                + "2026-11-24T08:00:00.000000000Z end");
        assertThat(typed.err()).isEqualTo("2026-11-24T08:00:00.000000000Z err\n");
    }

    @Test
    void logsTakeAPart() {
        typed.run("logs -f --since 2026-01-01 --until 2026-01-02T00:00:00Z -n 5 web");
        typed.run("logs --tail all web");
        typed.run("logs --tail -1 web");

        assertThat(containers.logOptions.getFirst())
                .isEqualTo(
                        new LogOptions(
                                true,
                                Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
                                Optional.of(Instant.parse("2026-01-02T00:00:00Z")),
                                Optional.of(5),
                                true,
                                true));
        assertThat(containers.logOptions).hasSize(3);
        assertThat(containers.logOptions.get(1).tail()).isEmpty();
        assertThat(containers.logOptions.get(2).tail()).isEmpty();
    }

    @Test
    void logsRefuseWhatTheyDoNotUnderstand() {
        assertThat(typed.run("logs --tail some web")).isEqualTo(1);
        assertThat(typed.run("logs --since once web")).isEqualTo(1);
        assertThat(typed.run("logs gone")).isEqualTo(1);
        assertThat(typed.err()).hasLineCount(3);
    }

    @Test
    void portTellsWhereAPortIs() {
        assertThat(typed.run("port web")).isZero();
        assertThat(typed.run("port web 80")).isZero();
        assertThat(typed.run("port web 80/tcp")).isZero();
        assertThat(typed.out()).isEqualTo("80/tcp -> 0.0.0.0:8080\n0.0.0.0:8080\n0.0.0.0:8080\n");
        assertThat(typed.run("port web 80/udp")).isEqualTo(1);
        assertThat(typed.err()).isEqualTo("hyperctl: no public port '80/udp' published for web\n");
    }

    @Test
    void statsAreADifferenceBetweenTwoLooks() {
        assertThat(
                        typed.run(
                                "stats --no-stream --format {{.Name}}|{{.MemUsage}}|{{.MemPerc}}|{{.NetIO}}|{{.BlockIO}}|{{.PIDs}}|{{.HostMem}}"))
                .isZero();
        assertThat(typed.out())
                .isEqualTo("web|32MiB / 128MiB|25.00%|3kB / 4kB|1kB / 2kB|3|55MiB\n");
    }
}
