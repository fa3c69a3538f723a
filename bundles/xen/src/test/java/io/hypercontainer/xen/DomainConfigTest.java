// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DomainConfigTest {
    private static final Disk DISK =
            new Disk("root0", List.of(new Extent(Path.of("/images/a"), 0, 512)), true);

    private static final Nic NIC =
            new Nic(
                    "eth0",
                    "02:00:00:00:00:01",
                    0,
                    new NicBackend.UserMode(
                            "10.0.2.0/24",
                            "10.0.2.2",
                            "10.0.2.3",
                            "10.0.2.15",
                            List.of(new Forward("tcp", "127.0.0.1", 8080, 80))));

    @Test
    void a_domain_has_all_that_was_asked_for() {
        var spec = spec("/vms/a", List.of("word=\"two words\""));

        var config = DomainConfig.of(spec, MachineState.of(spec), "pvh", 8);

        assertThat(config.lines())
                .contains(
                        "name = \"hyper-box\"",
                        "type = \"pvh\"",
                        "memory = 256",
                        "vcpus = 2",
                        "maxvcpus = 8",
                        "cap = 200",
                        "on_poweroff = \"destroy\"",
                        "on_crash = \"destroy\"",
                        "disk = [ \"vdev=xvda,access=ro,format=raw,script=/bin/true,target=/images/a\" ]",
                        "vif = [ \"mac=02:00:00:00:00:01,devid=0,script=/bin/true\" ]")
                .anyMatch(l -> l.startsWith("extra = '") && l.endsWith(" word=\"two words\"'"))
                .anyMatch(l -> l.contains("path=/vms/a/agent.sock"));
    }

    @Test
    void what_could_end_a_text_of_the_configuration_is_refused() {
        for (var argument : List.of("both\"'", "back\\slash", "new\nline")) {
            var spec = spec("/vms/a", List.of(argument));

            assertThatThrownBy(() -> DomainConfig.of(spec, MachineState.of(spec), "pv", 2))
                    .isInstanceOf(InvalidSpec.class);
        }
    }

    @Test
    void the_kernels_arguments_are_bounded() {
        var spec = spec("/vms/a", List.of("x".repeat(1100)));

        assertThatThrownBy(() -> DomainConfig.of(spec, MachineState.of(spec), "pv", 2))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("1023");
    }

    @Test
    void disks_are_called_as_the_guests_kernel_does() {
        assertThat(List.of(0, 25, 26, 51, 52).stream().map(DomainConfig::diskName))
                .containsExactly("xvda", "xvdz", "xvdaa", "xvdaz", "xvdba");
    }

    @Test
    void a_state_is_read_as_it_was_written() {
        var spec = spec("/vms/a", List.of());
        var state =
                MachineState.of(spec)
                        .withDomain(7, List.of(new HostProcess(1, 2, "boot")))
                        .withPaused(true);

        assertThat(MachineState.parse(state.json())).isEqualTo(state);
    }

    @Test
    void what_is_no_whole_file_is_joined() {
        var parts =
                List.of(
                        new Extent(Path.of("/images/a"), 0, 512),
                        new Extent(Path.of("/images/a"), 1024, 512));
        var disk = MachineState.DiskState.of(new Disk("layers0", parts, true), 0);
        var spec = spec("/vms/a", List.of());
        var state = MachineState.of(spec).withDisks(all -> List.of(disk));

        assertThat(disk.backing()).hasSize(2);
        assertThat(disk.withDevice(Path.of("/dev/dm-3")).device()).hasToString("/dev/dm-3");
        assertThat(MachineState.parse(state.json())).isEqualTo(state);
    }

    @Test
    void a_state_of_before_disks_were_joined_is_read() {
        var state = MachineState.of(spec("/vms/a", List.of()));
        var older = state.json().replace(",\"parts\":[]", "");

        assertThat(older).doesNotContain("parts");
        assertThat(MachineState.parse(older)).isEqualTo(state);
    }

    private static VmSpec spec(String directory, List<String> arguments) {
        return new VmSpec(
                "box",
                Path.of(directory),
                2,
                256 << 20,
                new Boot(Path.of("/boot/kernel"), Path.of("/boot/initrd"), arguments),
                List.of(DISK),
                List.of(NIC),
                List.of(),
                false);
    }
}
