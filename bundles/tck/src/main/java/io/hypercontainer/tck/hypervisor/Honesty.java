// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Expect;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A capability is a promise in both directions: what is listed is tried in the other areas, what is
 * not is refused.
 */
@Contract
@DisplayName("Capabilities")
public final class Honesty {
    private static final String MAC = "52:54:00:00:00:42";
    private Guest guest;
    private Path folder;

    @BeforeAll
    void boot(Kit kit) throws IOException {
        guest = new MachinePlan(kit, "honest").boot();
        folder = Files.createDirectories(kit.root().resolve("files/honest"));
        Files.writeString(folder.resolve("file"), "text");
    }

    @AfterAll
    void end() {
        guest.close();
    }

    @Test
    @DisplayName("capabilities: the same set for the life of the driver")
    void stays(Kit kit) {
        var before = Set.copyOf(kit.hypervisor().capabilities());

        same("the capabilities, asked again", before, kit.hypervisor().capabilities());
        kit.restartDriver();
        guest.adopt();
        same("the capabilities after a restart", before, kit.hypervisor().capabilities());
    }

    @Test
    @DisplayName("acceleration: what separation it gives, the same when asked again")
    void acceleration(Kit kit) {
        var first = kit.hypervisor().acceleration(kit.boot(List.of()));

        same("the second answer", first, kit.hypervisor().acceleration(kit.boot(List.of())));
        Expect.oneLine("its name", first.name());
        that(
                first.isolation() != Isolation.HARDWARE
                        || Files.exists(Path.of("/dev/kvm"))
                        || isXen(),
                "it claims isolation by hardware, and the host has neither /dev/kvm nor Xen");
    }

    @Test
    @DisplayName("hostSize: no less than what the daemon's kernel has")
    void hostSize(Kit kit) throws IOException {
        var size = kit.hypervisor().hostSize();
        var here = memoryOfThisKernel();
        Assumptions.assumeTrue(size.isPresent(), "it leaves that to the daemon's kernel");

        that(
                size.get().memoryBytes() >= here,
                "the host has %d bytes of memory, and the kernel that runs this has %d",
                size.get().memoryBytes(),
                here);
        that(size.get().cpus() >= 1, "the host has %d CPUs", size.get().cpus());
        same("the second answer", size, kit.hypervisor().hostSize());
    }

    private static long memoryOfThisKernel() throws IOException {
        var line = Files.readAllLines(Path.of("/proc/meminfo")).getFirst();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }

    private static boolean isXen() {
        return Files.exists(Path.of("/proc/xen/capabilities"));
    }

    @ParameterizedTest(name = "{0}: whoever asks for what is not listed gets Unsupported")
    @EnumSource
    @DisplayName("What is not listed is refused")
    void refuses(Capability capability, Kit kit) throws IOException {
        Assumptions.assumeFalse(
                kit.hypervisor().capabilities().contains(capability),
                () -> "the driver lists it; it is tried in another area");

        var machine = guest.machine();
        switch (capability) {
            case PAUSE -> {
                unsupported(kit, capability, machine::pause);
                unsupported(kit, capability, machine::resume);
            }
            case HOTPLUG_DISK -> {
                var disk = RawDisk.make(kit).disk("hot", true);
                unsupported(kit, capability, () -> machine.addDisk(disk));
                unsupported(kit, capability, () -> machine.removeDisk("box"));
            }
            case HOTPLUG_NIC -> {
                unsupported(
                        kit,
                        capability,
                        () -> machine.addNic(UserNetwork.nic("hot", MAC, List.of())));
                unsupported(kit, capability, () -> machine.removeNic("hot"));
            }
            case SHARE -> launch(kit, capability, plan -> plan.share(share(folder)));
            case SHARE_FILE ->
                    launch(kit, capability, plan -> plan.share(share(folder.resolve("file"))));
            case HOTPLUG_SHARE -> {
                unsupported(kit, capability, () -> machine.addShare(share(folder)));
                unsupported(kit, capability, () -> machine.removeShare("tag"));
            }
            case RESIZE_MEMORY ->
                    unsupported(kit, capability, () -> machine.setMemory(MachinePlan.MEMORY * 2));
            case RESIZE_CPUS -> unsupported(kit, capability, () -> machine.setCpus(2));
            case JOINED_DISK -> {
                var file = RawDisk.make(kit).file();
                var two = List.of(new Extent(file, 0, 4096), new Extent(file, 4096, 4096));
                launch(kit, capability, plan -> plan.disk(new Disk("joined", two, true)));
                var part = List.of(new Extent(file, 4096, 4096));
                launch(kit, capability, plan -> plan.disk(new Disk("part", part, true)));
            }
            case USER_NETWORK -> {
                launch(kit, capability, p -> p.nic(UserNetwork.nic("eth0", MAC, List.of())));
                unsupported(kit, capability, () -> machine.setForwards("eth0", List.of()));
            }
            case TAP -> {
                var nic = new Nic("eth0", MAC, 0, new NicBackend.Tap("tck-none"));
                launch(kit, capability, plan -> plan.nic(nic));
            }
            case TEMPLATE -> {
                var template = Files.createDirectories(kit.root().resolve("files/template"));
                unsupported(kit, capability, () -> machine.saveTemplate(template));
                var spec = new MachinePlan(kit, "clone").spec();
                unsupported(kit, capability, () -> kit.hypervisor().templateKey(spec));
                unsupported(kit, capability, () -> kit.hypervisor().launchTemplate(spec));
                unsupported(kit, capability, () -> kit.hypervisor().clone(template, spec));
                Folders.delete(spec.directory());
            }
            case SPARE -> {
                var spec = new MachinePlan(kit, "assigned").spec();
                unsupported(kit, capability, () -> kit.hypervisor().assign(machine, spec));
                Folders.delete(spec.directory());
            }
        }

        same("the state of the machine", VmState.RUNNING, machine.state());
        same("its guest", "0", guest.run("echo 0").ok());
    }

    private static Share share(Path source) {
        return new Share("tag", source, true);
    }

    private interface Addition {
        MachinePlan to(MachinePlan plan);
    }

    private static void launch(Kit kit, Capability capability, Addition addition) {
        var spec = addition.to(new MachinePlan(kit, "refused")).spec();
        unsupported(kit, capability, () -> kit.end(kit.launch(spec)));
        Remains.nothingOf(kit, spec.id(), spec.directory());
        Folders.delete(spec.directory());
    }

    private static void unsupported(Kit kit, Capability capability, Expect.Attempt attempt) {
        var error = refused(capability.toString(), attempt, Unsupported.class);
        var message = String.valueOf(error.getMessage());
        that(
                message.contains(kit.hypervisor().name())
                        && message.contains(capability.toString()),
                "the message names not both driver and capability: '%s'",
                message);
    }
}
