// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.ProcessInfo;
import io.hypercontainer.api.agent.Ulimit;
import io.hypercontainer.api.runtime.CommitSpec;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerUpdate;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ChangingCommandsTest {
    private final Typed typed = new Typed();
    private final FakeContainers containers = typed.runtime.containers;

    @BeforeEach
    void fill() {
        containers
                .with(Samples.running("web"))
                .with(Samples.running("db"))
                .with(Samples.exited("job", 3));
    }

    @ParameterizedTest
    @CsvSource({"pause web db, pause", "unpause web db, unpause", "update -m 1g web db, update"})
    void namesAreEchoedOneALine(String line, String call) {
        assertThat(typed.run(line)).isZero();
        assertThat(typed.out()).isEqualTo("web\ndb\n");
        assertThat(containers.calls).containsExactly(call + " web", call + " db");
    }

    @Test
    void renamePrintsNothing() {
        assertThat(typed.run("rename web site")).isZero();
        assertThat(typed.out()).isEmpty();
        assertThat(containers.calls).containsExactly("rename web site");
    }

    @Test
    void updateChangesWhatIsGivenAndNothingElse() {
        assertThat(
                        typed.run(
                                "update -m 512m --cpus 1.5 --pids-limit -1 --restart on-failure:3"
                                        + " web"))
                .isZero();
        assertThat(typed.run("update --restart unless-stopped web")).isZero();
        assertThat(containers.updates)
                .containsExactly(
                        new ContainerUpdate(
                                Optional.of(512L << 20),
                                Optional.of(1.5),
                                Optional.of(0),
                                Optional.of(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 3))),
                        new ContainerUpdate(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(
                                        new RestartPolicy(RestartPolicy.Kind.UNLESS_STOPPED, 0))));
    }

    @ParameterizedTest
    @CsvSource({
        "update web, you must provide one or more flags",
        "update --restart bogus web, invalid restart policy 'bogus'",
        "update --restart on-failure:x web, invalid restart policy 'on-failure:x'",
        "update --restart always:3 web, cannot have 3 retries",
        "update --pids-limit many web, invalid number 'many'",
        "update -m none web, invalid size 'none'"
    })
    void updateRefusesWhatItDoesNotUnderstand(String line, String message) {
        assertThat(typed.run(line)).isEqualTo(1);
        assertThat(typed.err()).contains(message);
        assertThat(containers.updates).isEmpty();
    }

    @Test
    void diffTellsWhatChanged() {
        FakeFiles files = new FakeFiles(Path.of("/"));
        containers.files = files;
        files.changes.add(new Change(Change.Kind.CHANGED, "/etc"));
        files.changes.add(new Change(Change.Kind.ADDED, "/etc/n\u001b[31mew"));
        files.changes.add(new Change(Change.Kind.DELETED, "/etc/old"));

        assertThat(typed.run("diff job")).isZero();
        assertThat(typed.out()).isEqualTo("C /etc\nA /etc/n\\x1b[31mew\nD /etc/old\n");
    }

    @Test
    void commitTellsWhatTheImageIsAndSaysTheId() {
        assertThat(typed.run("commit job")).isZero();
        assertThat(typed.out()).startsWith("sha256:").hasLineCount(1);
        assertThat(
                        typed.run(
                                "commit",
                                "-a",
                                "Ada",
                                "-m",
                                "why",
                                "-c",
                                "CMD [\"x\"]",
                                "--change",
                                "ENV A=b",
                                "-p=false",
                                "job",
                                "mine:1"))
                .isZero();
        assertThat(typed.run("commit --no-pause job mine")).isZero();
        assertThat(containers.calls)
                .containsExactly(
                        "commit job " + new CommitSpec(Optional.empty(), "", "", List.of(), true),
                        "commit job "
                                + new CommitSpec(
                                        Optional.of("mine:1"),
                                        "Ada",
                                        "why",
                                        List.of("CMD [\"x\"]", "ENV A=b"),
                                        false),
                        "commit job "
                                + new CommitSpec(Optional.of("mine"), "", "", List.of(), false));
        assertThat(typed.run("commit none")).isEqualTo(1);
        assertThat(typed.run("commit")).isEqualTo(125);
        assertThat(typed.run("commit job a b")).isEqualTo(125);
    }

    @Test
    void topIsAsPsHasIt() {
        Instant started = Instant.now().minus(Duration.ofDays(40));
        containers.processes.add(
                new ProcessInfo(
                        1, 0, "root", started, "?", Duration.ofSeconds(90_061), "/bin/a b"));
        containers.processes.add(
                new ProcessInfo(7, 1, "www", started, "pts/0", Duration.ZERO, "c\u001b[31m"));

        assertThat(typed.run("top web")).isZero();
        assertThat(typed.out().lines().toList().get(0).split(" +"))
                .containsExactly("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
        String[] first = typed.out().lines().toList().get(1).split(" {3,}");
        assertThat(first[0]).isEqualTo("root");
        assertThat(first[3]).isEqualTo("2");
        assertThat(first[4]).matches("[A-Z][a-z]{2}\\d\\d");
        assertThat(first[6]).isEqualTo("1-01:01:01");
        assertThat(first[7]).isEqualTo("/bin/a b");
        assertThat(typed.out()).endsWith("c\\x1b[31m\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "top web -o pid,comm      | PID   COMMAND~1     a",
                "top web o pid,user       | PID   USER~1     root",
                "top web -eo pid -o args  | ",
                "top web -ef              | UID    PID   PPID   C   STIME   TTY   TIME       CMD~",
                "top web aux              | USER   PID   %CPU   TTY   STIME   TIME       CMD~",
                "top web -Z               | ",
                "top web -o bogus         | "
            })
    void topTakesOptionsOfPs(String line, String expected) {
        containers.processes.add(
                new ProcessInfo(1, 0, "root", Instant.now(), "?", Duration.ZERO, "/bin/a b"));

        int code = typed.run(line);
        if (expected == null) {
            assertThat(code).isEqualTo(1);
            assertThat(typed.err()).startsWith("hyperctl: top does not know the ");
        } else {
            assertThat(typed.out()).startsWith(expected.replace('~', '\n'));
        }
    }

    @Test
    void topOfWhatDoesNotRunFails() {
        assertThat(typed.run("top job")).isEqualTo(1);
        assertThat(typed.err()).isEqualTo("hyperctl: container 'job' does not run\n");
    }

    @Test
    void logsWithDetailsHaveDockersEmptyField() {
        containers.line(false, "one\n").line(false, "tw").line(false, "o\n");
        assertThat(typed.run("logs --details web")).isZero();
        assertThat(typed.out()).isEqualTo(" one\n two\n");
    }

    @Test
    void runTakesLimitsAndALog() {
        assertThat(
                        typed.run(
                                "create --pids-limit 100 --ulimit nofile=10:20 --ulimit core=-1"
                                        + " --sysctl net.a=1=2 --group-add wheel --group-add 7"
                                        + " --log-driver json-file --log-opt max-size=10k"
                                        + " --log-opt max-file=3 busybox"))
                .isZero();
        ContainerSpec spec = containers.specs.getFirst();
        assertThat(spec.limits()).isEqualTo(new Limits(0, 0, 100));
        assertThat(spec.ulimits())
                .containsExactly(new Ulimit("nofile", 10, 20), new Ulimit("core", -1, -1));
        assertThat(spec.sysctls()).isEqualTo(Map.of("net.a", "1=2"));
        assertThat(spec.groups()).isEqualTo(List.of("wheel", "7"));
        assertThat(spec.log())
                .isEqualTo(
                        new LogSpec(
                                Optional.of("json-file"),
                                Map.of("max-size", "10k", "max-file", "3")));
    }

    @ParameterizedTest
    @CsvSource({
        "--ulimit nofile, invalid ulimit 'nofile'",
        "--ulimit nofile=x, invalid ulimit 'nofile=x'",
        "--sysctl net.x, invalid value 'net.x' for --sysctl",
        "--log-opt max-size, invalid value 'max-size' for --log-opt",
        "--pids-limit x, invalid number 'x'"
    })
    void runRefusesMalformedLimits(String options, String message) {
        assertThat(typed.run("run " + options + " busybox")).isEqualTo(125);
        assertThat(typed.err()).contains(message);
        assertThat(containers.specs).isEmpty();
    }
}
