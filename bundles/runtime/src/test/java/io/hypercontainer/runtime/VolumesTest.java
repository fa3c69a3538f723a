// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.MountSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.VolumeInfo;
import io.hypercontainer.api.runtime.Volumes;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Volumes, and what containers have mounted of the host. */
class VolumesTest extends LocalDaemonTest {
    private Volumes volumes() {
        return daemon.runtime().volumes();
    }

    private VolumeInfo create(String name) {
        return volumes().create(VolumeSpec.of(name), Optional.empty());
    }

    private String create(String name, MountSpec... mounts) {
        ContainerSpec spec =
                ContainerSpec.of("host")
                        .name(name)
                        .command(List.of("sleep", "1000"))
                        .mounts(List.of(mounts))
                        .build();
        return daemon.containers().create(spec).id();
    }

    private static MountSpec mount(String volume) {
        return new MountSpec.Volume(Optional.of(volume), "/" + volume, false);
    }

    private List<String> names() {
        return volumes().list().stream().map(i -> i.volume().name()).toList();
    }

    @Test
    void aVolumeHasLabelsASizeAndUsers() {
        VolumeSpec wanted = new VolumeSpec("data", 0, Map.of("tier", "db"));
        volumes().create(wanted, Optional.of("local"));
        String user = create("user", mount("data"));

        VolumeInfo info = volumes().get("data");

        assertThat(info.driver()).isEqualTo("local");
        assertThat(info.containers()).containsExactly(user);
        assertThat(info.volume().labels()).isEqualTo(Map.of("tier", "db"));
        assertThat(info.volume().anonymous()).isFalse();
        assertThatThrownBy(() -> volumes().get("other")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> create("../x")).isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> volumes().create(VolumeSpec.of("x"), Optional.of("none")))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void makingOneAgainChangesNothing() {
        Volume first = create("data").volume();

        assertThat(create("data").volume()).isEqualTo(first);
        assertThatThrownBy(() ->
                        volumes()
                                .create(
                                        new VolumeSpec("data", 0, Map.of("a", "b")),
                                        Optional.empty()))
                .isInstanceOf(Conflict.class);
        assertThatThrownBy(() ->
                        volumes()
                                .create(
                                        new VolumeSpec("data", 1L << 40, Map.of()),
                                        Optional.empty()))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void whatNobodyNamedIsKnownByItsLabel() {
        Volume made = create("").volume();
        String anonymous = create("user", new MountSpec.Volume(Optional.empty(), "/a", false));

        assertThat(made.anonymous()).isTrue();
        assertThat(made.name()).matches("[0-9a-f]{64}");
        assertThat(volumes().list())
                .filteredOn(i -> i.containers().contains(anonymous))
                .allMatch(i -> i.volume().anonymous());
    }

    @Test
    void aVolumeInUseIsKeptAndItsUsersAreNamed() {
        create("one", mount("data"));
        String two = create("two", mount("data"));

        assertThatThrownBy(() -> volumes().remove("data"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("one (")
                .hasMessageContaining("two (" + two.substring(0, 12) + ")");
        daemon.containers().remove("one", true, true);
        daemon.containers().remove("two", true, true);
        volumes().remove("data");
        assertThatThrownBy(() -> volumes().remove("data")).isInstanceOf(NotFound.class);
    }

    @Test
    void anAnonymousVolumeThatAnotherContainerUsesIsKept() {
        create("one", new MountSpec.Volume(Optional.empty(), "/a", false));
        String name =
                daemon.containers().get("one").mounts().stream()
                        .filter(m -> m.target().equals("/a"))
                        .findFirst()
                        .orElseThrow()
                        .name();
        create("two", mount(name));

        daemon.containers().remove("one", false, true);

        assertThat(names()).contains(name);
        daemon.containers().remove("two", false, true);
        assertThat(names()).contains(name);
        volumes().remove(name);
    }

    @Test
    void aVolumeMayStayEmpty() throws Exception {
        MountSpec empty = new MountSpec.Volume(Optional.of("a"), "/a", false, true);
        String id = create("one", empty, mount("b"));
        daemon.containers().start(id);

        assertThat(mounts(id))
                .filteredOn(GuestMount.Volume.class::isInstance)
                .extracting(m -> m.target() + " " + ((GuestMount.Volume) m).populate())
                .contains("/a false", "/b true");
    }

    @Test
    void aFileOfTheHostComesAlone() throws Exception {
        Path file = Files.writeString(root.resolve("single"), "x").toRealPath();
        String id = create("one", new MountSpec.Bind(file.toString(), "/etc/x", true));
        daemon.containers().start(id);

        assertThat(daemon.host.guest(id).shares.values())
                .extracting(Share::source)
                .containsExactly(file);
        assertThat(mounts(id))
                .filteredOn(GuestMount.Bind.class::isInstance)
                .singleElement()
                .extracting(m -> ((GuestMount.Bind) m).path())
                .isEqualTo(Share.FILE);
    }

    @Test
    void whatAHypervisorCannotShareIsRefused() throws Exception {
        Path file = Files.writeString(root.resolve("single"), "x");
        daemon.host.sharesFiles = false;

        assertThatThrownBy(() -> create("one", new MountSpec.Bind(file.toString(), "/x", true)))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("share-file");
        create("two", new MountSpec.Bind(root.toString(), "/x", true));
        assertThat(daemon.containers().list()).hasSize(1);
    }

    @Test
    void whatARunningPodSharesComesAndGoesWithItsContainers() throws Exception {
        MountSpec folder = new MountSpec.Bind(root.toString(), "/x", true);
        PodSpec pod =
                new PodSpec(
                        Optional.of("pod"),
                        Optional.empty(),
                        Map.of(),
                        MachineSpec.DEFAULT,
                        List.of(),
                        Dns.OF_NETWORK,
                        List.of(),
                        List.of());
        String id = daemon.runtime().pods().create(pod).id();
        daemon.runtime().pods().start("pod");
        for (String name : List.of("one", "two")) {
            ContainerSpec spec =
                    ContainerSpec.of("host")
                            .name(name)
                            .pod("pod")
                            .command(List.of("sleep", "1000"))
                            .mounts(List.of(folder))
                            .build();
            daemon.containers().create(spec);
            daemon.containers().start(name);
        }
        assertThat(daemon.host.guest(id).shares).hasSize(1);

        daemon.containers().remove("one", true, true);
        assertThat(daemon.host.guest(id).shares).hasSize(1);
        daemon.containers().remove("two", true, true);
        assertThat(daemon.host.guest(id).shares).isEmpty();
    }

    private List<GuestMount> mounts(String container) {
        return daemon.host.guest(container).container().mounts();
    }
}
