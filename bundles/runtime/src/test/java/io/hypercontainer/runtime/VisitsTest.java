// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.runtime.ContainerFiles;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.runtime.local.LocalFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files of containers, whether these run or not. */
@Timeout(300)
class VisitsTest extends LocalDaemonTest {
    private final LocalFiles files = new LocalFiles();

    @BeforeEach
    void giveGuestsFiles() {
        daemon.host.connections = files::on;
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private String read(String name, String path) {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        daemon.containers().readArchive(name, path, sink);
        return sink.toString(UTF_8);
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(10);
        }
    }

    private void createPod(ContainerSpecBuilder... containers) {
        daemon.runtime()
                .pods()
                .create(
                        new PodSpec(
                                Optional.of("pod"),
                                Optional.empty(),
                                Map.of(),
                                MachineSpec.DEFAULT,
                                List.of(),
                                Dns.OF_NETWORK,
                                List.of(),
                                Arrays.stream(containers)
                                        .map(ContainerSpecBuilder::build)
                                        .toList()));
    }

    private static ContainerSpecBuilder sleeper(String name) {
        return ContainerSpec.of("host").name(name).command(List.of("sleep", "1000"));
    }

    private PodState pod() {
        return daemon.runtime().pods().get("pod").state();
    }

    @Test
    void aContainerThatDoesNotRunIsReachedInAMachineWithoutNetworkOrProcess() throws Exception {
        String id = create(Specs.command("sleep", "1000").name("web").port(8080));

        try (ContainerFiles reached = daemon.containers().files("web")) {
            reached.writeArchive("/etc/a", bytes("content"), false);
            assertThat(daemon.host.alive()).hasSize(1);
            assertThat(daemon.host.guest(id).running()).isEmpty();
            assertThat(daemon.network.connected()).isEmpty();
            assertThat(get("web").state()).isInstanceOf(ContainerState.Created.class);
            assertThat(reached.stat("etc/a").size()).isEqualTo(7);
        }

        assertThat(files.disks.get(id)).containsEntry("/etc/a", "content");
        assertThat(get("web").state()).isInstanceOf(ContainerState.Created.class);
        assertNothingRuns();
        assertThat(read("web", "/etc/a")).isEqualTo("content");
        assertThat(daemon.containers().changes("web"))
                .containsExactly(new Change(Change.Kind.ADDED, "/etc/a"));
        assertNothingRuns();
    }

    @Test
    void aContainerThatRunsIsReachedWhereItIs() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.containers().writeArchive(id, "/a", bytes("content"), true);
        assertThat(read(id, "/a")).isEqualTo("content");
        assertThat(daemon.host.guest(id).running()).hasSize(1);
        daemon.containers().stop(id, Optional.of(java.time.Duration.ZERO));
        assertThat(read(id, "/a")).isEqualTo("content");
        assertNothingRuns();
    }

    @Test
    void aStartWaitsUntilTheFilesAreClosed() throws Exception {
        String id = create(Specs.command("sleep", "1000"));
        Thread start;
        try (ContainerFiles reached = daemon.containers().files(id)) {
            start =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    daemon.containers().start(id);
                                } catch (io.hypercontainer.api.agent.CannotExecute e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            Thread waiting = start;
            await(() -> waiting.getState() == Thread.State.WAITING);
            reached.writeArchive("/a", bytes("content"), true);
            assertThat(daemon.host.guest(id).running()).isEmpty();
        }
        start.join();
        assertThat(get(id).state()).isInstanceOf(ContainerState.Running.class);
        assertThat(daemon.network.connected()).containsExactly(id);
        assertThat(read(id, "/a")).isEqualTo("content");
    }

    @Test
    void aDaemonThatEndsMeanwhileLeavesTheContainerStoppedAndTheNextNoMachine() throws Exception {
        String id = run(Specs.sh("exit 3"));
        daemon.containers().waitFor(id);
        ContainerFiles reached = daemon.containers().files(id);
        reached.writeArchive("/a", bytes("lost"), true);
        assertThat(daemon.host.alive()).hasSize(1);

        daemon.stop();
        daemon.start();
        daemon.plug();

        await(() -> daemon.host.alive().isEmpty());
        await(() -> daemon.runtime().info().problems().isEmpty());
        assertNothingRuns();
        assertThat(((ContainerState.Exited) get(id).state()).status().exitCode()).isEqualTo(3);
        daemon.containers().start(id);
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(3);
    }

    @Test
    void aContainerOfARunningPodIsMadeBesideTheOthersAndDestroyedAfterwards() throws Exception {
        createPod(sleeper("one"), sleeper("two"));
        daemon.runtime().pods().start("pod");
        daemon.containers().stop("two", Optional.of(java.time.Duration.ZERO));
        String two = get("two").id();
        String pod = get("two").pod();

        try (ContainerFiles reached = daemon.containers().files("two")) {
            reached.writeArchive("/a", bytes("content"), true);
            assertThat(daemon.host.alive()).hasSize(1);
            assertThat(daemon.host.guest(pod).running()).hasSize(1);
            // Others of the pod need not wait.
            daemon.containers().stop("one", Optional.of(java.time.Duration.ZERO));
            daemon.containers().start("one");
        }
        assertThat(files.disks.get(two)).containsEntry("/a", "content");
        assertThat(get("one").state()).isInstanceOf(ContainerState.Running.class);
        assertThat(pod()).isInstanceOf(PodState.Running.class);
        daemon.containers().start("two");
        assertThat(read("two", "/a")).isEqualTo("content");
    }

    @Test
    void aPodThatDoesNotRunIsBootedAndDoesNotBecomeARunningOne() throws Exception {
        createPod(sleeper("one"), sleeper("two"));
        daemon.containers().writeArchive("one", "/a", bytes("content"), true);
        assertThat(pod()).isInstanceOf(PodState.Created.class);
        assertNothingRuns();

        ContainerFiles reached = daemon.containers().files("two");
        assertThat(reached.changes()).isEmpty();
        daemon.stop();
        daemon.start();
        daemon.plug();
        await(() -> daemon.host.alive().isEmpty());
        await(() -> daemon.runtime().info().problems().isEmpty());
        assertThat(pod()).isInstanceOf(PodState.Created.class);
        daemon.runtime().pods().start("pod");
        assertThat(read("one", "/a")).isEqualTo("content");
        assertThat(daemon.network.connected()).hasSize(1);
    }

    @Test
    void whatFailsLeavesNothing() {
        String id = create(Specs.command("sleep", "1000"));
        assertThatThrownBy(() -> daemon.containers().stat(id, "/none"))
                .isInstanceOf(NotFound.class);
        assertNothingRuns();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> daemon.containers().stat(id, "/none"));
        assertThat(Thread.interrupted()).isTrue();
        assertNothingRuns();

        daemon.host.connections =
                agent -> {
                    throw new DriverFailure("the kernel panics");
                };
        assertThatThrownBy(() -> daemon.containers().stat(id, "/none"))
                .isInstanceOf(DriverFailure.class)
                .hasMessageContaining("the kernel panics");
        assertNothingRuns();
        daemon.containers().remove(id, false, true);
    }

    @Test
    void whatCannotBeWrittenBackIsAnError() throws IOException {
        String id = create(Specs.command("sleep", "1000"));
        ContainerFiles reached = daemon.containers().files(id);
        reached.writeArchive("/a", bytes("content"), true);
        daemon.host.guest(id).end("host trouble");
        assertThatThrownBy(reached::close).isInstanceOf(RuntimeException.class);
        assertNothingRuns();
    }

    @Test
    void anInterruptInTheMiddleStillGivesAllBack() {
        String id = create(Specs.command("sleep", "1000"));
        ContainerFiles reached = daemon.containers().files(id);
        Thread.currentThread().interrupt();
        reached.close();
        assertThat(Thread.interrupted()).isTrue();
        assertNothingRuns();
        daemon.containers().remove(id, false, true);
    }

    @Test
    void whoIsHaltedCannotBeReached() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.containers().pause(id);
        assertThatThrownBy(() -> daemon.containers().stat(id, "/a"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("paused");
        daemon.containers().unpause(id);
    }

    @Test
    void aVolumeThatRunsElsewhereKeepsAContainerOutOfReach() throws Exception {
        run(Specs.command("sleep", "1000").volume("data", false));
        String id = create(Specs.command("sleep", "1000").volume("data", false));
        assertThatThrownBy(() -> daemon.containers().stat(id, "/a"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("volume 'data' is in use");
        assertThat(daemon.host.alive()).hasSize(1);
    }
}
