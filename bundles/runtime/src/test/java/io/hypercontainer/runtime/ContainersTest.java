// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import io.hypercontainer.runtime.local.LocalDaemon;
import io.hypercontainer.runtime.local.LocalGuest;
import io.hypercontainer.runtime.local.LocalStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainersTest {
    @TempDir Path root;

    private LocalDaemon daemon;

    @BeforeEach
    void startDaemon() {
        daemon = new LocalDaemon(root);
    }

    @AfterEach
    void stopDaemon() {
        daemon.close();
    }

    @Test
    void runsAProgramAndKeepsItsExitCodeAndOutput() throws Exception {
        String id = run(Specs.sh("echo out; echo err >&2; exit 7"));
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(7);
        assertThat(logs(id)).containsExactlyInAnyOrder("out\n", "err\n");
        assertThat(get(id).state())
                .isInstanceOfSatisfying(
                        ContainerState.Exited.class,
                        e -> assertThat(e.status().code()).isEqualTo(7));
        assertNothingRuns();
    }

    @Test
    void theMachineIsMadeOfLayersRootAndVolumes() throws Exception {
        String id = run(Specs.sh("cat").stdin().volume("db", false));
        LocalGuest guest = daemon.host.guest(id);
        assertThat(guest.machine().directory()).isEqualTo(root.resolve("vms", id.substring(0, 12)));
        assertThat(guest.machine().disks())
                .extracting(d -> d.id() + (d.readOnly() ? " ro " : " rw ") + d.length())
                .containsExactly(
                        "root rw 4096",
                        "layers ro " + 3 * LocalStorage.LAYER,
                        "volume0 rw 4096",
                        "volume1 rw 4096");
        assertThat(((GuestRoot.Layers) guest.container().root()).layers())
                .extracting(GuestRoot.Layer::offset)
                .containsExactly(0L, LocalStorage.LAYER, 2 * LocalStorage.LAYER);
        assertThat(guest.container().mounts())
                .extracting(GuestMount::target)
                .containsExactly("/data", "/v/db");
        assertThat(guest.setup().nameservers()).containsExactly("10.0.2.3");
        assertThat(guest.setup().hosts()).containsEntry("10.0.2.15", List.of(id.substring(0, 12)));
        assertThat(guest.setup().entropy()).hasSize(64);
        assertThat(get(id).machine().address()).contains("10.0.2.15");
        assertThat(get(id).machine().isolation()).contains("process");
    }

    @Test
    void aProgramThatIsMissingIsAnExitCode() {
        String id = create(Specs.command("no-such-program"));
        assertThatThrownBy(() -> daemon.containers().start(id))
                .isInstanceOfSatisfying(
                        CannotExecute.class, e -> assertThat(e.exitCode()).isEqualTo(127));
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(127);
        assertThat(((ContainerState.Exited) get(id).state()).error()).contains("no-such-program");
        assertNothingRuns();
    }

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
    void aStoppedContainerStartsAgainWithTheSameRootAndAppendsToItsLog() throws Exception {
        String id = run(Specs.sh("echo again"));
        daemon.containers().waitFor(id);
        daemon.containers().start(id);
        daemon.containers().waitFor(id);
        assertThat(logs(id)).containsExactly("again\n", "again\n");
        assertThat(daemon.storage.roots()).containsExactly(id);
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

    @Test
    void removesAllOfAContainerThatWantsItAtItsEnd() throws Exception {
        String id = create(Specs.sh("echo x").autoRemove().name("gone"));
        assertThat(daemon.storage.volumes()).hasSize(1);
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            assertThat(attachment.stdout().readAllBytes()).asString().isEqualTo("x\n");
            assertThat(attachment.waitFor().exitCode()).isZero();
        }
        assertThatThrownBy(() -> daemon.containers().get("gone")).isInstanceOf(NotFound.class);
        assertThat(daemon.storage.roots()).isEmpty();
        assertThat(daemon.storage.volumes()).isEmpty();
        assertThat(root.resolve("containers")).isEmptyDirectory();
        assertNothingRuns();
    }

    @Test
    void removesRunningContainersOnlyByForce() throws Exception {
        String id = run(Specs.command("sleep", "1000").volume("kept", false));
        assertThatThrownBy(() -> daemon.containers().remove(id, false, false))
                .isInstanceOf(Conflict.class);
        daemon.containers().remove(id, true, true);
        assertThat(daemon.containers().list()).isEmpty();
        assertThat(daemon.storage.volumes()).extracting(v -> v.name()).containsExactly("kept");
        assertNothingRuns();
    }

    @Test
    void aStartThatFailsLeavesNothingAndTheContainerAsItWas() throws Exception {
        String first = run(Specs.command("sleep", "1000").port(8080));
        String second = create(Specs.command("sleep", "1000").port(8080));
        assertThatThrownBy(() -> daemon.containers().start(second))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("8080");
        assertThat(get(second).state()).isInstanceOf(ContainerState.Created.class);
        daemon.containers().remove(first, true, false);
        daemon.containers().start(second);
        assertThat(get(second).ports()).extracting(p -> p.hostPort()).containsExactly(8080);
    }

    @Test
    void aCreationThatFailsIsUndone() {
        daemon.storage.failure = new Unavailable("the disk is full");
        assertThatThrownBy(() -> create(Specs.sh("true").name("xx")))
                .isInstanceOf(Unavailable.class)
                .hasMessage("the disk is full");
        assertThat(daemon.storage.volumes()).isEmpty();
        assertThat(root.resolve("containers")).isEmptyDirectory();
        daemon.storage.failure = null;
        assertThat(create(Specs.sh("true").name("xx"))).hasSize(64);
    }

    @Test
    void findsContainersByNameIdAndBeginning() {
        String id = create(Specs.sh("true").name("web"));
        for (String name : List.of(id, "web", id.substring(0, 6))) {
            assertThat(get(name).id()).isEqualTo(id);
        }
        assertThatThrownBy(() -> get("we")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> create(Specs.sh("true").name("web")))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining(id.substring(0, 12));
        assertThatThrownBy(() -> create(Specs.sh("true").name("-x")))
                .isInstanceOf(InvalidSpec.class);
        String other = create(Specs.sh("true"));
        assertThat(get(other).name()).matches("[a-z]+_[a-z]+[0-9]?");
        assertThat(daemon.containers().list()).extracting(Container::id).containsExactly(other, id);
    }

    @Test
    void aVolumeBelongsToOneRunningContainerUnlessAllOnlyRead() throws Exception {
        String writer = run(Specs.command("sleep", "1000").volume("v", false));
        String second = create(Specs.command("sleep", "1000").volume("v", true));
        assertThatThrownBy(() -> daemon.containers().start(second))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("volume 'v'");
        daemon.containers().remove(writer, true, false);
        daemon.containers().start(second);
        run(Specs.command("sleep", "1000").volume("v", true));
        assertThatThrownBy(() -> daemon.runtime().volumes().remove("v"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining(second.substring(0, 12));
        assertThatThrownBy(() -> daemon.runtime().volumes().remove("w"))
                .isInstanceOf(NotFound.class);
    }

    @Test
    void aMachineThatEndsByItselfIsTheEndOfItsContainer() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.host.guest(id).end("kernel panic");
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(255);
        assertThat(((ContainerState.Exited) get(id).state()).error()).isEqualTo("kernel panic");
        assertNothingRuns();
    }

    @Test
    void aConnectionThatBreaksLosesAndRepeatsNothing() throws Exception {
        String id = create(Specs.sh("i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done"));
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            expected.append(i).append('\n');
        }
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            StringBuilder seen = new StringBuilder();
            byte[] part = new byte[3000];
            int n = attachment.stdout().readNBytes(part, 0, part.length);
            while (n > 0) {
                seen.append(new String(part, 0, n, UTF_8));
                daemon.host.guest(id).loseConnection();
                n = attachment.stdout().readNBytes(part, 0, part.length);
            }
            assertThat(seen).hasToString(expected.toString());
            assertThat(attachment.waitFor().exitCode()).isZero();
        }
        assertThat(String.join("", logs(id))).isEqualTo(expected.toString());
    }

    @Test
    void containersGoOnWhileTheirDriverIsReplaced() throws Exception {
        String id = create(Specs.sh("while read line; do echo got $line; done").stdin());
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            daemon.unplugHypervisor();
            attachment.stdin().write("x\n".getBytes(UTF_8));
            assertThat(attachment.stdout().readNBytes(6)).asString().isEqualTo("got x\n");
            try (Attachment exec = daemon.containers().exec(id, Specs.exec("true"))) {
                assertThat(exec.waitFor().exitCode()).isZero();
            }
            assertThatThrownBy(() -> create(Specs.sh("true")))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("no hypervisor driver");

            daemon.plugHypervisor();
            daemon.host.guest(id).end("power cut");
            assertThat(attachment.waitFor().exitCode()).isEqualTo(255);
        }
    }

    @Test
    void aContainerThatEndsWithoutItsDriverIsCleanedUpWhenTheDriverComes() throws Exception {
        String id = run(Specs.sh("read x; exit 4").stdin().port(8080));
        daemon.unplugHypervisor();
        closeInput(id);
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(4);
        assertThat(daemon.runtime().info().problems()).anyMatch(p -> p.contains("still holds"));
        daemon.plugHypervisor();
        daemon.containers().start(id);
        assertThat(get(id).state()).isInstanceOf(ContainerState.Running.class);
    }

    private String create(Specs specs) {
        return daemon.containers().create(specs.build()).id();
    }

    private String run(Specs specs) throws CannotExecute {
        String id = create(specs);
        daemon.containers().start(id);
        return id;
    }

    /** Starts a container and waits until it says so. */
    private String attachedAt(String word, Specs specs) throws Exception {
        String id = create(specs);
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            assertThat(attachment.stdout().readNBytes(word.length())).asString().isEqualTo(word);
        }
        return id;
    }

    private Container get(String name) {
        return daemon.containers().get(name);
    }

    private void closeInput(String id) {
        try (Attachment attachment = daemon.containers().attach(id)) {
            attachment.stdin().close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> logs(String id) {
        List<String> lines = new ArrayList<>();
        LogOptions all =
                new LogOptions(
                        false, Optional.empty(), Optional.empty(), Optional.empty(), true, true);
        daemon.containers().logs(id, all, line -> lines.add(text(line)));
        return lines;
    }

    private static String text(LogLine line) {
        return new String(line.content(), UTF_8);
    }

    private void assertNothingRuns() {
        assertThat(daemon.host.alive()).isEmpty();
        assertThat(daemon.network.connected()).isEmpty();
        assertThat(root.resolve("vms")).isEmptyDirectory();
        try (var files = Files.walk(root)) {
            assertThat(files.map(f -> f.getFileName().toString())).doesNotContain("run.json");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
