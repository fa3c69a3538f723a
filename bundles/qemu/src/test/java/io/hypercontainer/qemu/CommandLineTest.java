// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    @TempDir Path folder;

    @Test
    void theSmallestMachine() throws Exception {
        var machine =
                Machine.of(
                        spec(List.of(), List.of(), List.of()),
                        Accelerator.TCG,
                        Path.of("/k/vmlinux"),
                        new Room(2, 0, 0),
                        false);

        assertGolden("smallest-tcg.txt", machine);
    }

    @Test
    void aMachineWithEverything() throws Exception {
        var layer = Files.createFile(folder.resolve("layer, \"1\"\n"));
        var data = Files.createFile(folder.resolve("data"));
        var user =
                new NicBackend.UserMode(
                        "10.0.2.0/24",
                        "10.0.2.2",
                        "10.0.2.3",
                        "10.0.2.15",
                        List.of(new Forward("tcp", "127.0.0.1", 8080, 80)));
        var machine =
                Machine.of(
                        spec(
                                List.of(
                                        new Disk(
                                                "layers",
                                                List.of(
                                                        new Extent(layer, 0, 512),
                                                        new Extent(layer, 512, 512)),
                                                true),
                                        new Disk("image", List.of(new Extent(layer, 0, 512)), true),
                                        new Disk("data", List.of(new Extent(data, 0, 512)), false)),
                                List.of(new Nic("n0", "52:54:00:12:34:56", 1400, user)),
                                List.of(new Share("bind", Path.of("/srv"), true))),
                        Accelerator.KVM,
                        Path.of("/k/vmlinux"),
                        new Room(4, 1L << 30, 8),
                        true);

        assertGolden("everything-kvm.txt", machine);
    }

    @Test
    void portsFillTheSlotsEightAtATime() {
        var machine =
                Machine.of(
                        spec(List.of(), List.of(), List.of()),
                        Accelerator.TCG,
                        Path.of("/k"),
                        new Room(10, 0, 0),
                        false);

        assertThat(CommandLine.of(machine, new MachineFolder(folder), 32))
                .contains(
                        "pcie-root-port,id=port7,bus=pcie.0,chassis=8,addr=10.7",
                        "pcie-root-port,id=port8,bus=pcie.0,chassis=9,addr=11.0,multifunction=on");
    }

    @Test
    void whatTheKernelWouldCutOffIsRefused() {
        var spec = spec(List.of(), List.of(), List.of());
        var boot = new Boot(Path.of("/k"), Path.of("/i"), List.of("x".repeat(2000)));
        var machine =
                Machine.of(
                        new VmSpec(
                                "one",
                                folder,
                                1,
                                spec.memoryBytes(),
                                boot,
                                List.of(),
                                List.of(),
                                List.of(),
                                false),
                        Accelerator.TCG,
                        Path.of("/k"),
                        Room.NONE,
                        false);
        assertThatThrownBy(() -> CommandLine.of(machine, new MachineFolder(folder), 32))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("too long");
    }

    @Test
    void namesAndAddressesThatCouldMeanSomethingElseAreRefused() {
        var user =
                new NicBackend.UserMode(
                        "10.0.2.0/24", "10.0.2.2", "10.0.2.3", "10.0.2.15", List.of());
        for (var nic :
                List.of(
                        new Nic("n,0", "52:54:00:12:34:56", 0, user),
                        new Nic("n0", "52:54:00:12:34", 0, user),
                        new Nic("n0", "52:54:00:12:34:56", 20, user))) {
            refused(spec(List.of(), List.of(nic), List.of()));
        }
        var odd = spec(List.of(), List.of(), List.of());
        refused(
                new VmSpec(
                        "../one",
                        folder,
                        1,
                        odd.memoryBytes(),
                        odd.boot(),
                        List.of(),
                        List.of(),
                        List.of(),
                        false));
        var same = new Share("s", Path.of("/"), true);
        refused(spec(List.of(), List.of(), List.of(same, same)));
        for (var host : List.of("localhost", "::1", "1.2.3", "1.2.3.256", "1.2.3.4 ")) {
            assertThatThrownBy(
                            () -> HostForwarding.rule(new Forward("tcp", host, 1, 1), "10.0.2.15"))
                    .isInstanceOf(InvalidSpec.class);
        }
        for (var forward :
                List.of(
                        new Forward("sctp", "1.2.3.4", 1, 1),
                        new Forward("tcp", "1.2.3.4", 0, 1),
                        new Forward("tcp", "1.2.3.4", 1, 65536))) {
            assertThatThrownBy(() -> HostForwarding.rule(forward, "10.0.2.15"))
                    .isInstanceOf(InvalidSpec.class);
        }
    }

    private static void refused(VmSpec spec) {
        assertThatThrownBy(() -> Machine.of(spec, Accelerator.TCG, Path.of("/k"), Room.NONE, false))
                .isInstanceOf(InvalidSpec.class);
    }

    private void assertGolden(String name, Machine machine) throws Exception {
        var lines = CommandLine.of(machine, new MachineFolder(folder), 32);
        var text = String.join("\n", lines).replace(folder.toString(), "FOLDER") + "\n";
        try (var golden = CommandLineTest.class.getResourceAsStream(name)) {
            assertThat(golden).as(name).isNotNull();
            assertThat(text).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private VmSpec spec(List<Disk> disks, List<Nic> nics, List<Share> shares) {
        return new VmSpec(
                "one",
                folder,
                2,
                256L << 20,
                new Boot(Path.of("/k/vmlinuz"), Path.of("/k/initrd"), List.of("extra=1")),
                disks,
                nics,
                shares,
                false);
    }
}
