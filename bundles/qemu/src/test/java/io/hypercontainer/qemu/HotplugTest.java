// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What containers that come and go in a running pod need of its machine. */
class HotplugTest extends LiveTest {
    private static final int MIB = 1 << 20;
    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final String SERIALS = "cat /sys/block/*/serial 2>/dev/null; echo";

    @Test
    void tenContainersComeAndGo() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            for (var round = 0; round < 10; round++) {
                var layers =
                        new Disk(
                                "layers" + round,
                                List.of(extent("first", "lower"), extent("second", "upper")),
                                true);
                var root = new Disk("root" + round, List.of(extent("root" + round, "")), false);
                var data = new Disk("data" + round, List.of(extent("data", "")), false);
                machine.addDisk(layers);
                machine.addDisk(root);
                machine.addDisk(data);
                machine.addNic(nic("nic" + round));

                for (var id : List.of(layers.id(), root.id(), data.id())) {
                    shell.run("await disk " + id);
                }
                shell.run("await ls -d /sys/class/net/eth0");
                assertThat(shell.run("head -c 5 $(disk %s)".formatted(layers.id())))
                        .isEqualTo("lower");
                assertThat(
                                shell.run(
                                        "dd if=$(disk %s) bs=1M skip=1 2>/dev/null | head -c 5"
                                                .formatted(layers.id())))
                        .isEqualTo("upper");
                shell.run("echo round%d > $(disk %s); sync".formatted(round, root.id()));
                shell.run("echo round%d > $(disk %s); sync".formatted(round, data.id()));

                machine.removeDisk(root.id());
                machine.removeNic("nic" + round);
                machine.removeDisk(layers.id());
                machine.removeDisk(data.id());

                assertThat(shell.run(SERIALS)).isEqualTo("|");
                assertThat(shell.run("ls /sys/class/net")).isEqualTo("lo|");
                for (var name : List.of("root" + round, "data")) {
                    assertThat(begin(name)).isEqualTo("round" + round);
                    assertThat(owner(name)).isEqualTo(owner("."));
                }
            }
        }
    }

    @Test
    void aPodHasRoomForDozensOfDisks() throws Exception {
        var spec = plain("one");
        var machine =
                launch(
                        new VmSpec(
                                spec.id(),
                                spec.directory(),
                                1,
                                MEMORY,
                                spec.boot(),
                                List.of(),
                                List.of(),
                                List.of(),
                                32,
                                false));
        var extent = extent("a", "a");
        try (var shell = GuestShell.of(machine)) {
            for (var i = 0; i < 32; i++) {
                machine.addDisk(new Disk("d" + i, List.of(extent), true));
            }
            shell.run("await disk d31");
            assertThat(shell.run("cat /sys/block/*/serial | grep -o d | wc -l")).isEqualTo("32|");

            assertThatThrownBy(() -> machine.addDisk(new Disk("d32", List.of(extent), true)))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("32 device ports");
            machine.removeDisk("d7");
            machine.addDisk(new Disk("d32", List.of(extent), true));
            shell.run("await disk d32");
        }
    }

    @Test
    void asManyDevicesAsThereCanBe() throws Exception {
        var file = extent("a", "a");
        var disks =
                IntStream.range(0, Machine.MAX_PORTS - 1)
                        .mapToObj(i -> new Disk("d" + i, List.of(file), true))
                        .toList();
        var machine = launch(spec("one", disks, List.of(), List.of()));
        try (var shell = GuestShell.of(machine)) {
            machine.addDisk(new Disk("last", List.of(file), true));
            machine.setMemory(2 * MEMORY);

            shell.run(
                    "all() { ls /sys/block | grep -c vd | grep -x %d; }; await all"
                            .formatted(Machine.MAX_PORTS));
            assertThatThrownBy(() -> machine.addDisk(new Disk("more", List.of(file), true)))
                    .isInstanceOf(Conflict.class);
        }
    }

    @Test
    void aGuestMayTakeItsTimeToLetGo() throws Exception {
        var machine = launch(plain("one"));
        var disk = new Disk("slow", List.of(extent("a", "a")), false);
        try (var shell = GuestShell.of(machine)) {
            machine.addDisk(disk);
            shell.run("await disk slow");
            machine.pause();
            var late = CompletableFuture.runAsync(() -> remove(machine, "slow", PATIENT));
            // Halted processors cannot have answered.
            assertThat(late).isNotDone();

            machine.resume();

            late.join();
            assertThat(shell.run(SERIALS)).isEqualTo("|");
        }
    }

    @Test
    void whoTakesTooLongIsAskedAgain() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            machine.addDisk(new Disk("slow", List.of(extent("a", "a")), false));
            shell.run("await disk slow");
            machine.pause();
            assertThatThrownBy(() -> remove(machine, "slow", Duration.ofMillis(1)))
                    .isInstanceOf(DeadlineExceeded.class)
                    .hasMessageContaining("has not let go");
            machine.resume();
            shell.run("gone() { [ -z \"$(disk slow)\" ] && echo yes; }; await gone");

            machine.removeDisk("slow");

            machine.addDisk(new Disk("slow", List.of(extent("a", "b")), false));
            assertThat(shell.run("await disk slow; head -c 1 $(disk slow)")).isEqualTo("b");
        }
    }

    @Test
    void whatWasPluggedInOutlivesTheDriver() throws Exception {
        var shares = driver.capabilities().contains(Capability.HOTPLUG_SHARE);
        var file = Files.writeString(root.resolve("shared"), "shared\n");
        var first = launch(plain("one"));
        try (var shell = GuestShell.of(first)) {
            first.addDisk(new Disk("hot", List.of(extent("a", "a")), false));
            first.addNic(nic("nic"));
            if (shares) {
                first.addShare(new Share("share", file, true));
                shell.run(
                        "mkdir /s; mounted() { mount -t virtiofs share /s && echo yes; };"
                                + " await mounted");
            }
            shell.run("await disk hot");
            driver.deactivate();
            driver = new QemuHypervisor(Configuration.tcg(), root);
            var second = ends(driver.adopt(first.record()).orElseThrow());

            assertThatThrownBy(
                            () -> second.addDisk(new Disk("hot", List.of(extent("b", "")), false)))
                    .isInstanceOf(Conflict.class);
            second.addDisk(new Disk("later", List.of(extent("b", "b")), false));
            shell.run("await disk later");
            second.removeDisk("hot");
            second.removeNic("nic");
            if (shares) {
                assertThat(shell.run("cat /s/file; umount /s")).isEqualTo("shared|");
                second.removeShare("share");
            }

            assertThat(shell.run(SERIALS)).isEqualTo("later|");
            assertThat(owner("a")).isEqualTo(owner("."));
        }
    }

    @Test
    void aChangeThatWasCutOffIsUndone() throws Exception {
        var first = launch(plain("one"));
        driver.deactivate();
        var noted = new Disk("cut", List.of(extent("a", "a")), false);
        var joined = new Disk("cut2", List.of(extent("b", "b"), extent("c", "c")), true);
        var state = state(first);
        var port = state.freePort().orElseThrow();
        state =
                state.with(MachineState.DiskState.of(noted, port))
                        .with(MachineState.DiskState.of(joined, port + 1));
        new Ledger(root.resolve("qemu/machines"), 0, 0).save(state);
        HostResources.takeDisk(state, noted);
        HostResources.takeDisk(state, joined);

        driver = new QemuHypervisor(Configuration.tcg(), root);
        var second = ends(driver.adopt(first.record()).orElseThrow());

        assertThat(owner("a")).isEqualTo(owner("."));
        assertThat(state.folder().descriptor("cut2")).doesNotExist();
        try (var shell = GuestShell.of(second)) {
            second.addDisk(noted);
            second.addDisk(joined);
            shell.run("await disk cut");
            assertThat(shell.run("await disk cut2; head -c 1 $(disk cut2)")).isEqualTo("b");
        }
    }

    private static Qmp monitor(VirtualMachine machine) {
        return ((QemuMachine) machine).monitor();
    }

    /** As the machine does it, also while it is halted. */
    private static void remove(VirtualMachine machine, String disk, Duration patience) {
        new PluggedDevices(new HostResources(new ShareServer("/none")), patience)
                .removeDisk(state(machine), disk, monitor(machine), _ -> {});
    }

    private static MachineState state(VirtualMachine machine) {
        return MachineState.parse(
                Objects.requireNonNull(machine.record().details().get(QemuMachine.STATE)));
    }

    private Extent extent(String name, String begin) throws IOException {
        var file = root.resolve(name);
        var content = new byte[MIB];
        var bytes = begin.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, content, 0, bytes.length);
        Files.write(file, content);
        return new Extent(file, 0, MIB);
    }

    private String begin(String name) throws IOException {
        try (var in = Files.newInputStream(root.resolve(name))) {
            return new String(in.readNBytes(6), StandardCharsets.US_ASCII);
        }
    }

    private Object owner(String name) throws IOException {
        return Files.getAttribute(Path.of(root.toString(), name), "unix:uid");
    }

    private static Nic nic(String id) {
        return new Nic(
                id,
                "52:54:00:00:00:09",
                0,
                new NicBackend.UserMode(
                        "10.0.9.0/24", "10.0.9.2", "10.0.9.3", "10.0.9.15", List.of()));
    }
}
