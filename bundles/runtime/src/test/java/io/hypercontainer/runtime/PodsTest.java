// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.MountSpec;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.api.runtime.Pods;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodsTest extends LocalDaemonTest {
    private Pods pods() {
        return daemon.runtime().pods();
    }

    private static ContainerSpecBuilder sh(String name, String script) {
        return ContainerSpec.of("host").name(name).command(List.of("sh", "-c", script));
    }

    private static PodSpec spec(String name, ContainerSpecBuilder... containers) {
        return new PodSpec(
                Optional.of(name),
                Optional.empty(),
                Map.of("tier", "web"),
                MachineSpec.DEFAULT,
                List.of(new PortMapping("tcp", "0.0.0.0", 0, 80)),
                Dns.OF_NETWORK,
                List.of(),
                java.util.Arrays.stream(containers).map(ContainerSpecBuilder::build).toList());
    }

    private Pod start(ContainerSpecBuilder... containers) throws Exception {
        Pod pod = pods().create(spec("pod", containers));
        pods().start("pod");
        return pods().get(pod.id());
    }

    private ContainerState state(String container) {
        return daemon.containers().get(container).state();
    }

    private void restart() {
        daemon.stop();
        daemon.start();
        daemon.plug();
    }

    @Test
    void containersOfAPodShareOneMachineThatRunsUntilItIsStopped() throws Exception {
        Pod pod = start(sh("aa", "exit 3"), sh("bb", "exec sleep 1000"));
        assertThat(daemon.host.alive()).containsExactly(pod.id().substring(0, 12));
        assertThat(daemon.containers().waitFor("aa").exitCode()).isEqualTo(3);
        assertThat(state("bb")).isInstanceOf(ContainerState.Running.class);
        assertThat(daemon.containers().get("aa").hostname()).isEqualTo("pod");

        daemon.containers().kill("bb", "KILL");
        assertThat(daemon.containers().waitFor("bb").exitCode()).isEqualTo(137);
        assertThat(pods().get("pod").state()).isInstanceOf(PodState.Running.class);
        daemon.containers().start("aa");
        assertThat(daemon.containers().waitFor("aa").exitCode()).isEqualTo(3);

        pods().stop("pod", Optional.empty());
        assertThat(pods().get("pod").state()).isInstanceOf(PodState.Stopped.class);
        assertNothingRuns();
        pods().start("pod");
        assertThat(state("bb")).isInstanceOf(ContainerState.Running.class);
        pods().remove("pod", true, true);
        assertNothingRuns();
        assertThat(daemon.storage.roots()).isEmpty();
        assertThat(daemon.containers().list()).isEmpty();
        assertThat(root.resolve("pods")).isEmptyDirectory();
    }

    @Test
    void aPodWithoutContainersRunsAndGetsSomeLater() throws Exception {
        start();
        assertThat(daemon.host.alive()).hasSize(1);
        ContainerSpecBuilder late =
                sh("late", "exec sleep 1000")
                        .pod("pod")
                        .mounts(List.of(new MountSpec.Volume(Optional.of("v"), "/v", false)));
        Container container = daemon.containers().create(late.build());
        daemon.containers().start("late");
        assertThat(daemon.host.guest(pods().get("pod").id()).disks())
                .containsExactly("layers0", "root0", "volume1", "volume2");
        assertThat(pods().get("pod").containers()).containsExactly(container.id());

        daemon.containers().remove("late", true, true);
        assertThat(daemon.host.guest(pods().get("pod").id()).disks()).isEmpty();
        daemon.containers().create(late.build());
        daemon.containers().start("late");
        assertThat(daemon.host.guest(pods().get("pod").id()).disks())
                .containsExactly("layers3", "root3", "volume4", "volume5");
    }

    @Test
    void aVolumeIsSharedInsideOfAPodAndOnlyThere() throws Exception {
        List<MountSpec> data = List.of(new MountSpec.Volume(Optional.of("data"), "/data", false));
        Pod pod =
                start(
                        sh("aa", "exec sleep 1000").mounts(data),
                        sh("bb", "exec sleep 1000").mounts(data));
        assertThat(daemon.host.guest(pod.id()).disks())
                .filteredOn(d -> d.startsWith("vol"))
                .hasSize(1);
        daemon.containers().create(sh("cc", "true").mounts(data).build());
        assertThatThrownBy(() -> daemon.containers().start("cc")).isInstanceOf(Conflict.class);
        daemon.containers().remove("aa", true, true);
        assertThatThrownBy(() -> daemon.containers().start("cc")).isInstanceOf(Conflict.class);
        daemon.containers().remove("bb", true, true);
        daemon.containers().start("cc");
    }

    @Test
    void whatRunsInAPodRunsOnWithTheNextDaemon() throws Exception {
        Pod pod =
                start(sh("aa", "exit 3"), sh("bb", "exec sleep 1000"), sh("cc", "exec sleep 1000"));
        daemon.containers().waitFor("aa");
        daemon.stop();
        daemon.host.guest(pod.id()).kill(daemon.containers().get("cc").id());
        daemon.start();
        daemon.plug();
        assertThat(daemon.containers().waitFor("cc").exitCode()).isEqualTo(137);
        assertThat(daemon.containers().waitFor("aa").exitCode()).isEqualTo(3);
        assertThat(state("bb")).isInstanceOf(ContainerState.Running.class);
        daemon.containers().start("aa");
        pods().stop("pod", Optional.of(Duration.ZERO));
        assertNothingRuns();
    }

    @Test
    void anEmptyPodIsTakenOverToo() throws Exception {
        start();
        restart();
        daemon.containers().create(sh("late", "exec sleep 1000").pod("pod").build());
        daemon.containers().start("late");
        assertThat(daemon.host.alive()).hasSize(1);
    }

    @Test
    void aPodWhoseMachineEndedMeanwhileIsStopped() throws Exception {
        Pod pod = start(sh("bb", "exec sleep 1000"));
        daemon.stop();
        daemon.host.guest(pod.id()).end("host crash");
        daemon.start();
        daemon.plug();
        assertThat(daemon.containers().waitFor("bb").exitCode()).isEqualTo(255);
        await(() -> pods().get("pod").state() instanceof PodState.Stopped);
        pods().start("pod");
        assertThat(state("bb")).isInstanceOf(ContainerState.Running.class);
    }

    @Test
    void aMachineThatEndsIsTheEndOfAllItsContainers() throws Exception {
        Pod pod = start(sh("aa", "exec sleep 1000"), sh("bb", "exec sleep 1000"));
        daemon.host.guest(pod.id()).end("kernel panic");
        assertThat(daemon.containers().waitFor("aa").exitCode()).isEqualTo(255);
        assertThat(daemon.containers().waitFor("bb").exitCode()).isEqualTo(255);
        await(() -> pods().get("pod").state() instanceof PodState.Stopped);
        assertThat(((PodState.Stopped) pods().get("pod").state()).error()).contains("panic");
        assertNothingRuns();
    }

    @Test
    void aHaltedPodStaysHaltedAndGoesOnWithTheNextDaemon() throws Exception {
        start(sh("aa", "exec sleep 1000"));
        pods().pause("pod");
        assertThat(state("aa")).isInstanceOf(ContainerState.Paused.class);
        assertThatThrownBy(() -> daemon.containers().exec("aa", Specs.exec("true")))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("paused");
        assertThatThrownBy(() -> daemon.containers().pause("aa"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("pod");
        restart();
        await(() -> pods().get("pod").state() instanceof PodState.Paused);
        pods().unpause("pod");
        await(() -> daemon.containers().stats("aa") != null);
        assertThatThrownBy(() -> pods().unpause("pod")).isInstanceOf(Conflict.class);
        pods().pause("pod");
        pods().stop("pod", Optional.of(Duration.ZERO));
        assertNothingRuns();
    }

    @Test
    void aMissingProgramKeepsNoOtherContainerFromStarting() throws Exception {
        pods().create(
                        spec(
                                "pod",
                                ContainerSpec.of("host").name("bad").command(List.of("/no/such")),
                                sh("good", "exec sleep 1000")));
        assertThatThrownBy(() -> pods().start("pod")).isInstanceOf(CannotExecute.class);
        assertThat(state("good")).isInstanceOf(ContainerState.Running.class);
        assertThat(((ContainerState.Exited) state("bad")).status().exitCode()).isEqualTo(127);
    }

    @Test
    void aPodThatCannotBeMadeLeavesNothing() {
        daemon.containers().create(sh("taken", "true").build());
        assertThatThrownBy(() -> pods().create(spec("pod", sh("one", "true"), sh("taken", "true"))))
                .isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> pods().create(spec("pod", sh("one", "true").hostname("x"))))
                .isInstanceOf(InvalidSpec.class);
        assertThat(pods().list()).extracting(Pod::name).containsExactly("taken");
        assertThat(daemon.containers().list()).hasSize(1);
        assertThat(daemon.storage.roots()).hasSize(1);
        pods().create(spec("pod", sh("one", "true")));
    }

    @Test
    void creationsAndRemovalsThatWereCutOffAreFinished() throws Exception {
        Pod creating = pods().create(spec("creating", sh("one", "true")));
        Pod removing = pods().create(spec("removing", sh("two", "true")));
        Pod kept = pods().create(spec("kept", sh("three", "true")));
        daemon.stop();
        setPhase(creating.id(), "\"phase\" : \"creating\"");
        setPhase(removing.id(), "\"phase\" : \"removing\", \"volumes\" : true");
        daemon.start();
        assertThat(pods().list()).extracting(Pod::id).containsExactly(kept.id());
        daemon.plug();
        await(() -> !Files.exists(root.resolve("pods", creating.id())));
        await(() -> !Files.exists(root.resolve("pods", removing.id())));
        assertThat(daemon.containers().list()).extracting(Container::name).containsExactly("three");
        assertThat(daemon.storage.roots()).hasSize(1);
    }

    @Test
    void labelsPortsAndNamesChange() throws Exception {
        Pod pod = start(sh("aa", "exec sleep 1000"));
        assertThat(pod.ports()).hasSize(1);
        assertThatThrownBy(() -> pods().label("pod", Map.of("tier", "db"), false))
                .isInstanceOf(Conflict.class);
        assertThat(pods().label("pod", Map.of("tier", "db", "x", "y"), true).labels())
                .containsEntry("tier", "db")
                .containsEntry("x", "y");
        pods().publish("pod", List.of(new PortMapping("tcp", "127.0.0.1", 0, 81)));
        assertThat(pods().get("pod").ports())
                .singleElement()
                .satisfies(p -> assertThat(p.containerPort()).isEqualTo(81));
        assertThat(daemon.host.guest(pod.id()).forwards()).hasSize(1);
        pods().rename("pod", "other");
        daemon.containers().rename("aa", "renamed");
        restart();
        assertThatThrownBy(() -> pods().get("pod")).isInstanceOf(NotFound.class);
        assertThat(pods().get("other").labels()).containsEntry("x", "y");
        assertThat(state("renamed")).isInstanceOf(ContainerState.Running.class);
        daemon.containers().create(sh("pod", "true").build());
    }

    @Test
    void aPodOfOneHasItsContainersNameAndEnd() throws Exception {
        daemon.containers().create(sh("one", "exec sleep 1000").build());
        daemon.containers().start("one");
        assertThat(pods().get("one").single()).isTrue();
        daemon.containers().rename("one", "two");
        daemon.containers().pause("two");
        assertThat(state("two")).isInstanceOf(ContainerState.Paused.class);
        daemon.containers().unpause("two");
        pods().stop("two", Optional.of(Duration.ZERO));
        assertThat(state("two")).isInstanceOf(ContainerState.Exited.class);
        assertNothingRuns();
        assertThatThrownBy(() -> daemon.containers().create(sh("xx", "true").pod("two").build()))
                .isInstanceOf(Conflict.class);
        pods().remove("two", false, true);
        assertThat(daemon.containers().list()).isEmpty();
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        while (!condition.holds()) {
            Thread.onSpinWait();
        }
    }

    private void setPhase(String id, String phase) throws Exception {
        Path record = root.resolve("pods", id, "pod.json");
        String json = Files.readString(record);
        Files.writeString(record, json.replace("\"phase\" : \"created\"", phase));
    }
}
