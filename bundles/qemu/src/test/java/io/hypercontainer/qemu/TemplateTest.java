// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.hypervisor.VmState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Machines that go on where another was saved. */
class TemplateTest extends LiveTest {
    private static final int MIB = 1 << 20;
    private static final String TEMPLATE_MAC = "02:00:00:00:00:01";

    @Test
    void clonesHaveTheTemplatesMemoryAndDisksOfTheirOwn() throws Exception {
        var template = template("echo saved > /note");
        var first = ends(driver.clone(template, machine("first", "one")));
        var second = ends(driver.clone(template, machine("second", "two")));

        try (var one = GuestShell.of(first);
                var two = GuestShell.of(second)) {
            assertThat(one.run("cat /note")).isEqualTo("saved|");
            one.run("echo changed > /note");
            assertThat(two.run("cat /note")).isEqualTo("saved|");
            assertThat(one.run("head -c 3 $(disk root)")).isEqualTo("one");
            assertThat(two.run("head -c 3 $(disk root)")).isEqualTo("two");
            assertThat(two.run("head -c 5 $(disk layers)")).isEqualTo("lower");
            assertThat(two.run("dd if=$(disk layers) bs=1M skip=1 count=1 2>/dev/null | head -c 5"))
                    .isEqualTo("upper");
            two.run("echo written > $(disk root); sync");
            assertThat(begin("two")).isEqualTo("writte");
            assertThat(begin("one")).startsWith("one");
            assertThat(one.run("cat /sys/class/net/eth0/address")).isEqualTo(TEMPLATE_MAC + "|");
        }
        first.kill();
        try (var two = GuestShell.of(second)) {
            assertThat(two.run("cat /note")).isEqualTo("saved|");
        }
        assertThat(Files.getAttribute(root.resolve("one"), "unix:uid")).isEqualTo(0);
    }

    @Test
    void aCloneIsAMachineLikeAnyOther() throws Exception {
        var template = template("true");
        var first = ends(driver.clone(template, machine("first", "one")));
        try (var shell = GuestShell.of(first)) {
            shell.run("true");
            driver.deactivate();
            driver = new QemuHypervisor(Configuration.tcg(), root);
            var adopted = ends(driver.adopt(first.record()).orElseThrow());

            adopted.addDisk(new Disk("hot", List.of(extent("hot", "hot")), false));
            shell.run("await disk hot");
            adopted.removeDisk("hot");
            adopted.pause();
            adopted.resume();
            adopted.setMemory(2 * MEMORY);
            adopted.setMemory(MEMORY);
            assertThat(shell.run("echo still here")).isEqualTo("still here|");
            var share = new Share("share", Files.createDirectory(root.resolve("shared")), true);
            assertThatThrownBy(() -> adopted.addShare(share))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("cloned from a template");
        }
        // A template outlives the driver, too.
        var later = ends(driver.clone(template, machine("later", "two")));
        try (var shell = GuestShell.of(later)) {
            assertThat(shell.run("echo here")).isEqualTo("here|");
        }
    }

    @Test
    void theKeySaysWhatATemplateServes() throws Exception {
        var key = driver.templateKey(machine("first", "one"));

        assertThat(driver.templateKey(machine("second", "two"))).isEqualTo(key);
        var spec = machine("third", "three");
        for (var other :
                List.of(
                        with(spec, spec.disks().reversed(), spec.nics(), MEMORY),
                        with(spec, spec.disks().subList(0, 1), spec.nics(), MEMORY),
                        with(spec, spec.disks(), List.of(), MEMORY),
                        with(spec, spec.disks(), spec.nics(), 2 * MEMORY))) {
            assertThat(driver.templateKey(other)).isNotEqualTo(key);
        }
        Files.setLastModifiedTime(initrd, FileTime.fromMillis(1));
        assertThat(driver.templateKey(spec)).isNotEqualTo(key);
    }

    @Test
    void whatIsDamagedIsRefusedAndLeavesNothing() throws Exception {
        var template = template("true");
        for (var name : List.of("memory", "devices", "template.json")) {
            var file = template.resolve(name);
            var before = Files.readAllBytes(file);
            damage(file);
            driver.forgetTemplate(template);

            assertThatThrownBy(() -> driver.clone(template, machine("broken", "one")))
                    .isInstanceOf(DriverFailure.class)
                    .hasMessageContaining(template.toString());
            assertThat(processesBelow(root)).isEmpty();
            Files.write(file, before);
        }
        driver.forgetTemplate(template);
        var whole = ends(driver.clone(template, machine("whole", "one")));
        try (var shell = GuestShell.of(whole)) {
            assertThat(shell.run("echo here")).isEqualTo("here|");
        }
    }

    @Test
    void aTemplateOfAnotherMachineIsRefusedAndLeavesNothing() throws Exception {
        var template = template("true");
        var spec = machine("other", "one");
        var other = with(spec, spec.disks().subList(0, 1), spec.nics(), MEMORY);

        assertThatThrownBy(() -> driver.clone(template, other))
                .isInstanceOf(DriverFailure.class)
                .hasMessageContaining("other");
        assertThat(processesBelow(root)).isEmpty();
        assertThat(root.resolve("qemu/machines")).isEmptyDirectory();
    }

    /** A guest that has taken its QEMU over cannot reach the other clones. */
    @Test
    void noCloneCanChangeTheTemplate() throws Exception {
        var template = template("true");
        var clone = ends(driver.clone(template, machine("first", "one")));
        var memory = Path.of("/proc", clone.record().details().get("pid"), "fd", "0");

        assertThat(Files.readSymbolicLink(memory).toString()).contains("hyper-template");
        assertThatThrownBy(
                        () -> {
                            try (var file = new RandomAccessFile(memory.toFile(), "rw")) {
                                file.write(1);
                            }
                        })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not permitted");
    }

    @Test
    void aSpareBecomesAnotherMachine() throws Exception {
        var spare = ends(driver.clone(template("true"), machine("spare", "blank")));
        var folder = spare.record().directory();
        var wanted = machine("real", "one");
        var port = freePort();
        var nic = wanted.nics().getFirst();
        var user = (NicBackend.UserMode) nic.backend();
        var reached =
                new NicBackend.UserMode(
                        user.subnet(),
                        user.gateway(),
                        user.nameserver(),
                        user.guest(),
                        List.of(new Forward("tcp", "127.0.0.1", port, 80)));
        var spec =
                with(
                        wanted,
                        wanted.disks(),
                        List.of(new Nic("eth0", nic.mac(), 0, reached)),
                        MEMORY);

        var real = ends(driver.assign(spare, spec));

        assertThat(real.record().id()).isEqualTo("real");
        assertThat(real.record().directory()).isEqualTo(spec.directory());
        assertThat(folder).doesNotExist();
        assertThat(root.resolve("qemu/machines/spare.json")).doesNotExist();
        try (var shell = GuestShell.of(real)) {
            assertThat(shell.run("head -c 3 $(disk root)")).isEqualTo("one");
            assertThat(shell.run("head -c 5 $(disk layers)")).isEqualTo("lower");
            shell.run("echo written > $(disk root); sync");
            assertThat(begin("one")).isEqualTo("writte");
            assertThat(begin("blank")).isEqualTo("blank\0");
            assertThatThrownBy(() -> new java.net.ServerSocket(port).close())
                    .isInstanceOf(IOException.class);
            driver.deactivate();
            driver = new QemuHypervisor(Configuration.tcg(), root);
            var adopted = ends(driver.adopt(real.record()).orElseThrow());
            adopted.removeDisk("layers");
            assertThat(shell.run("echo here")).isEqualTo("here|");
            assertThat(driver.census())
                    .allMatch(h -> h instanceof Holding.Owned o && o.owner().equals("real"));
            adopted.kill();
        }
        assertThat(Files.getAttribute(root.resolve("one"), "unix:uid")).isEqualTo(0);
        assertThat(processesBelow(root)).isEmpty();
    }

    @Test
    void anAssignmentThatWasCutOffIsEndedByTheNextDriver() throws Exception {
        var spare = ends(driver.clone(template("true"), machine("spare", "blank")));
        driver.assign(spare, machine("real", "one"));
        var entry = root.resolve("qemu/machines/real.json");
        driver.deactivate();
        var finished = Files.readString(entry);
        Files.writeString(entry, finished.replace("\"launched\":true", "\"launched\":false"));
        assertThat(Files.readString(entry)).isNotEqualTo(finished);

        driver = new QemuHypervisor(Configuration.tcg(), root);

        assertThat(processesBelow(root)).isEmpty();
        assertThat(root.resolve("qemu/machines")).isEmptyDirectory();
        assertThat(Files.getAttribute(root.resolve("one"), "unix:uid")).isEqualTo(0);
    }

    @Test
    void whatCannotBeAssignedEndsAndLeavesNothing() throws Exception {
        var template = template("true");
        var spec = machine("real", "one");
        for (var wrong :
                List.of(
                        with(spec, spec.disks().subList(0, 1), spec.nics(), MEMORY),
                        with(spec, spec.disks(), List.of(), MEMORY))) {
            var spare = ends(driver.clone(template, machine("spare", "blank")));

            assertThatThrownBy(() -> driver.assign(spare, wrong)).isInstanceOf(Conflict.class);

            assertThat(spare.state()).isEqualTo(VmState.ENDED);
            assertThat(processesBelow(root)).isEmpty();
            assertThat(root.resolve("qemu/machines")).isEmptyDirectory();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Path template(String command) throws Exception {
        var spec = machine("template", "never-opened");
        var nics = List.of(new Nic("eth0", TEMPLATE_MAC, 0, spec.nics().getFirst().backend()));
        Files.delete(root.resolve("never-opened"));
        var machine = ends(driver.launchTemplate(with(spec, spec.disks(), nics, MEMORY)));
        try (var shell = GuestShell.of(machine)) {
            shell.run(command);
            shell.run("await ls -d /sys/class/net/eth0");
        }
        var folder = Files.createDirectory(root.resolve("saved"));
        machine.saveTemplate(folder);
        assertThat(processesBelow(root)).isEmpty();
        return folder;
    }

    private VmSpec machine(String id, String disk) throws IOException {
        return spec(
                id,
                List.of(
                        new Disk("root", List.of(extent(disk, disk)), false),
                        new Disk(
                                "layers",
                                List.of(extent("first-layer", "lower"), extent("second", "upper")),
                                true)),
                List.of(
                        new Nic(
                                "eth0",
                                "52:54:00:00:00:09",
                                0,
                                new NicBackend.UserMode(
                                        "10.0.9.0/24",
                                        "10.0.9.2",
                                        "10.0.9.3",
                                        "10.0.9.15",
                                        List.of()))),
                List.of());
    }

    private static VmSpec with(VmSpec spec, List<Disk> disks, List<Nic> nics, long memory) {
        return new VmSpec(
                spec.id(),
                spec.directory(),
                spec.cpus(),
                memory,
                spec.boot(),
                disks,
                nics,
                spec.shares(),
                spec.requireHardware());
    }

    private static void damage(Path file) throws IOException {
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            var middle = open.length() / 2;
            open.seek(middle);
            var other = open.read() ^ 1;
            open.seek(middle);
            open.write(other);
        }
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
}
