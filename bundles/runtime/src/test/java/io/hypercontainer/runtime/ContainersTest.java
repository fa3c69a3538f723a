// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.runtime.local.LocalGuest;
import io.hypercontainer.runtime.local.LocalStorage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainersTest extends LocalDaemonTest {
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
                        "root0 rw 4096",
                        "layers0 ro " + 3 * LocalStorage.LAYER,
                        "volume1 rw 4096",
                        "volume2 rw 4096");
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
    void aHypervisorThatJoinsNoDisksGetsOneForEachLayer() throws Exception {
        daemon.host.joinsDisks = false;
        LocalGuest guest = daemon.host.guest(run(Specs.sh("cat").stdin()));
        assertThat(guest.machine().disks())
                .extracting(d -> d.id() + (d.readOnly() ? " ro " : " rw ") + d.extents().size())
                .startsWith("root0 rw 1", "layer0-0 ro 1", "layer0-1 ro 1", "layer0-2 ro 1");
        assertThat(((GuestRoot.Layers) guest.container().root()).layers())
                .containsExactly(
                        new GuestRoot.Layer("layer0-0", 0, LocalStorage.LAYER, "erofs"),
                        new GuestRoot.Layer("layer0-1", 0, LocalStorage.LAYER, "erofs"),
                        new GuestRoot.Layer("layer0-2", 0, LocalStorage.LAYER, "erofs"));
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
    void aStoppedContainerStartsAgainWithTheSameRootAndAppendsToItsLog() throws Exception {
        String id = run(Specs.sh("echo again"));
        daemon.containers().waitFor(id);
        daemon.containers().start(id);
        daemon.containers().waitFor(id);
        assertThat(logs(id)).containsExactly("again\n", "again\n");
        assertThat(daemon.storage.roots()).containsExactly(id);
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
    void aVolumeBelongsToOneRunningContainer() throws Exception {
        String first = run(Specs.command("sleep", "1000").volume("v", false));
        String second = create(Specs.command("sleep", "1000").volume("v", true));
        assertThatThrownBy(() -> daemon.containers().start(second))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("volume 'v'")
                .hasMessageContaining(first.substring(0, 12));
        daemon.containers().remove(first, true, false);
        daemon.containers().start(second);
        assertThatThrownBy(() -> daemon.runtime().volumes().remove("v"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining(second.substring(0, 12));
        assertThatThrownBy(() -> daemon.runtime().volumes().remove("w"))
                .isInstanceOf(NotFound.class);
    }
}
