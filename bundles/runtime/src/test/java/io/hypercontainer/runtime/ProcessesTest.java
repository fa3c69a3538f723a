// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.LogOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessesTest extends LocalDaemonTest {
    @Test
    void whoIsAttachedFromTheStartMissesNothing() throws Exception {
        String id = create(Specs.sh("echo first; cat; echo error >&2; exit 3").stdin());
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            attachment.stdin().write("typed\n".getBytes(UTF_8));
            attachment.stdin().close();
            assertThat(attachment.stdout().readAllBytes()).asString().isEqualTo("first\ntyped\n");
            assertThat(attachment.stderr().readAllBytes()).asString().isEqualTo("error\n");
            assertThat(attachment.waitFor().exitCode()).isEqualTo(3);
        }
        assertThat(daemon.containers().list()).singleElement().returns(id, Container::id);
    }

    @Test
    void inputIsDiscardedUnlessItIsKeptOpen() throws Exception {
        String id = create(Specs.sh("cat; echo end"));
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            attachment.stdin().write("typed\n".getBytes(UTF_8));
            assertThat(attachment.stdout().readAllBytes()).asString().isEqualTo("end\n");
        }
    }

    @Test
    void aClientThatDoesNotReadStopsItsContainerAndNoOther() throws Exception {
        String slow = create(Specs.sh("head -c 1000000 /dev/zero | tr '\\0' x; echo end"));
        try (Attachment attachment = daemon.containers().startAttached(slow, Optional.empty())) {
            String other = run(Specs.sh("head -c 1000000 /dev/zero"));
            assertThat(daemon.containers().waitFor(other).exitCode()).isZero();
            assertThat(get(slow).state()).isInstanceOf(ContainerState.Running.class);
            assertThat(attachment.stdout().readAllBytes()).hasSize(1_000_004);
            assertThat(attachment.waitFor().exitCode()).isZero();
        }
        assertThat(String.join("", logs(slow))).hasSize(1_000_004).endsWith("xend\n");
    }

    @Test
    void aClientThatGoesAwayLeavesTheProcessAsItIs() throws Exception {
        String id = create(Specs.sh("while read line; do echo got $line; done").stdin());
        daemon.containers().startAttached(id, Optional.empty()).close();
        try (Attachment again = daemon.containers().attach(id)) {
            again.stdin().write("x\n".getBytes(UTF_8));
            assertThat(again.stdout().readNBytes(6)).asString().isEqualTo("got x\n");
        }
    }

    @Test
    void stopAsksFirstAndKillsWhenTheGraceTimeIsOver() throws Exception {
        String kind =
                attachedAt(
                        "ready",
                        Specs.sh("trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done"));
        daemon.containers().stop(kind, Optional.of(Duration.ofMinutes(1)));
        assertThat(daemon.containers().waitFor(kind).exitCode()).isEqualTo(5);

        String stubborn =
                attachedAt(
                        "ready",
                        Specs.sh("trap '' TERM; echo ready; while :; do sleep 0.01; done"));
        daemon.containers().stop(stubborn, Optional.of(Duration.ZERO));
        assertThat(daemon.containers().waitFor(stubborn).exitCode()).isEqualTo(137);
        daemon.containers().stop(stubborn, Optional.empty());
        assertNothingRuns();
    }

    @Test
    void sendsSignalsByName() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        assertThatThrownBy(() -> daemon.containers().kill(id, "NOPE"))
                .isInstanceOf(InvalidSpec.class);
        daemon.containers().kill(id, "SIGHUP");
        assertThat(daemon.containers().waitFor(id).signal()).isEqualTo(1);
        assertThatThrownBy(() -> daemon.containers().kill(id, "TERM")).isInstanceOf(Conflict.class);
    }

    @Test
    void executesFurtherProcessesAtOnce() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        List<Attachment> execs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            execs.add(
                    daemon.containers()
                            .exec(id, Specs.exec("sh", "-c", "cat; echo $EXEC $FROM; exit " + i)));
        }
        for (int i = 0; i < 10; i++) {
            try (Attachment exec = execs.get(i)) {
                exec.stdin().write(("in " + i + "\n").getBytes(UTF_8));
                exec.stdin().close();
                assertThat(exec.stdout().readAllBytes())
                        .asString()
                        .isEqualTo("in " + i + "\nyes image\n");
                assertThat(exec.waitFor().exitCode()).isEqualTo(i);
            }
        }
        assertThat(daemon.host.guest(id).running()).containsExactly("init");
        assertThat(logs(id)).isEmpty();
        assertThatThrownBy(() -> daemon.containers().exec(id, Specs.exec("no-such-program")))
                .isInstanceOf(CannotExecute.class);
        assertThatThrownBy(() -> daemon.containers().exec(id, Specs.exec()))
                .isInstanceOf(InvalidSpec.class);
        assertThat(daemon.containers().stats(id).pids()).isEqualTo(1);
    }

    @Test
    void furtherProcessesEndWithTheContainer() throws Exception {
        String id = run(Specs.sh("read x").stdin());
        try (Attachment exec = daemon.containers().exec(id, Specs.exec("sleep", "1000"));
                Attachment init = daemon.containers().attach(id)) {
            init.stdin().close();
            assertThat(exec.waitFor().exitCode()).isEqualTo(137);
            assertThat(init.waitFor().exitCode()).isEqualTo(1);
        }
        assertThatThrownBy(() -> daemon.containers().exec(id, Specs.exec("true")))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("not running");
    }

    @Test
    void followsALogUntilTheContainerEnds() throws Exception {
        String id = run(Specs.sh("echo one; read x; echo two").stdin());
        List<String> seen = new ArrayList<>();
        LogOptions follow =
                new LogOptions(
                        true, Optional.empty(), Optional.empty(), Optional.empty(), true, true);
        daemon.containers()
                .logs(
                        id,
                        follow,
                        line -> {
                            seen.add(text(line));
                            if (seen.size() == 1) {
                                closeInput(id);
                            }
                        });
        assertThat(seen).containsExactly("one\n", "two\n");
    }
}
