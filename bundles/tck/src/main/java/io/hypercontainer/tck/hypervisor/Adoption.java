// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Census;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Host;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import io.hypercontainer.tck.kit.Records;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Machines live on while drivers and daemons come and go. */
@Contract
@DisplayName("Adoption")
public final class Adoption {
    private static final String MAC = "52:54:00:00:00:07";
    private Guest guest;
    private RawDisk disk;
    private int port;

    @BeforeAll
    void boot(Kit kit) {
        disk = RawDisk.make(kit);
        var plan = new MachinePlan(kit, "adopted").disk(disk.disk("data", false));
        if (kit.hypervisor().capabilities().contains(Capability.USER_NETWORK)) {
            port = Host.freePort();
            plan.nic(
                    UserNetwork.nic("eth0", MAC, List.of(UserNetwork.forward(port))),
                    UserNetwork.guest("eth0", MAC));
        }
        guest = plan.boot();
        guest.run("echo kept >/word").ok();
    }

    @AfterAll
    void end() {
        guest.close();
    }

    @Test
    @Order(1)
    @DisplayName("adopt takes a machine over that an earlier version of the driver started")
    void driver(Kit kit) {
        kit.restartDriver();

        adopted();
    }

    @Test
    @Order(2)
    @DisplayName("adopt takes a machine over that an earlier daemon started")
    void daemon(Kit kit) {
        kit.restart();

        guest.reconnect();
        adopted();
    }

    private void adopted() {
        var record = guest.machine().record();
        same("the guest, while nobody has adopted it", "kept", guest.run("cat /word").ok());
        guest.adopt();

        same("its state", VmState.RUNNING, guest.machine().state());
        same("the id", record.id(), guest.machine().record().id());
        same("the agent's address", record.agent(), guest.machine().record().agent());
        same("the acceleration", record.acceleration(), guest.machine().record().acceleration());
        same("the guest", "kept", guest.run("cat /word").ok());
        guest.run(
                        "rm -f /dev/tck-console; mknod /dev/tck-console c 5 1; echo adopted >/dev/tck-console")
                .ok();
        Await.until(
                "what the guest writes to its console",
                () -> guest.machine().consoleTail(10).contains("adopted"));
        that(guest.machine().stats().memoryBytes() > 1 << 20, "%s", guest.machine().stats());
    }

    @Test
    @Order(3)
    @DisplayName("adopt of a machine that the driver has already is the same machine")
    void twice(Kit kit) {
        var again = kit.hypervisor().adopt(guest.machine().record()).orElseThrow();

        same("its state", VmState.RUNNING, again.state());
        same("the guest", "kept", guest.run("cat /word").ok());
        same("the other hold's state", VmState.RUNNING, guest.machine().state());
    }

    @Test
    @Order(4)
    @DisplayName("A paused machine is adopted as it is, and goes on")
    void paused(Kit kit) {
        Needs.capability(kit, Capability.PAUSE);
        guest.machine().pause();
        kit.restartDriver();
        guest.adopt();

        same("its state", VmState.PAUSED, guest.machine().state());
        guest.machine().resume();
        same("its state", VmState.RUNNING, guest.machine().state());
        same("the guest", "kept", guest.run("cat /word").ok());
    }

    @Test
    @Order(5)
    @DisplayName("Disks of an adopted machine can be added and removed")
    void hotplug(Kit kit) {
        Needs.capability(kit, Capability.HOTPLUG_DISK);
        var hot = RawDisk.make(kit);
        guest.machine().addDisk(hot.disk("hot", false));
        kit.restartDriver();
        guest.adopt();

        Await.until("the disk in the guest", () -> !hot.number(guest).isEmpty());
        guest.machine().removeDisk("hot");
        same("the device after removeDisk", "", hot.number(guest));
    }

    @Test
    @Order(6)
    @DisplayName("Ports of an adopted machine go on, and can be changed")
    void forwards(Kit kit) {
        Needs.capability(kit, Capability.USER_NETWORK);
        UserNetwork.serve(guest, "page");
        same("the guest's answer", "page", Host.answer(port));
        kit.restartDriver();
        same("the guest's answer, not adopted", "page", Host.answer(port));
        guest.adopt();

        int other = Host.freePort();
        guest.machine().setForwards("eth0", List.of(UserNetwork.forward(other)));
        same("the guest's answer", "page", Host.answer(other));
        Await.until("the end of the old forwarding", () -> Host.isClosed(port));
    }

    @Test
    @Order(7)
    @DisplayName("census lists a machine that nobody has adopted yet as its owner's")
    void census(Kit kit) {
        Assumptions.assumeTrue(Inventories.tells(kit), "the driver has no census");
        kit.restart();

        that(
                !Inventories.of(kit, guest.machine().record().id()).isEmpty(),
                "the machine runs, and the census lists nothing of it");
        guest.reconnect();
        guest.adopt();
    }

    @Test
    @Order(8)
    @DisplayName("The orderly end of an adopted machine is noticed, and nothing is left")
    void powerOff(Kit kit) {
        guest.powerOff();

        Endings.exit(guest.machine());
        same("its state", VmState.ENDED, guest.machine().state());
        Remains.nothingOf(kit, guest.machine());
        that(
                kit.hypervisor().adopt(guest.machine().record()).isEmpty(),
                "a machine that has ended is adopted");
    }

    @Test
    @Order(10)
    @DisplayName("An adopted machine can be killed")
    void kill(Kit kit) {
        try (var other = new MachinePlan(kit, "killed").boot()) {
            kit.restartDriver();
            other.adopt();
            other.machine().kill();

            same("its state", VmState.ENDED, other.machine().state());
            Remains.nothingOf(kit, other.machine());
        }
    }

    @Test
    @Order(11)
    @DisplayName("adopt is empty if the machine no longer lives; what it left is removed")
    void diedMeanwhile(Kit kit) {
        try (var other = new MachinePlan(kit, "died").boot()) {
            var record = other.machine().record();
            kit.restart(() -> endProcesses(record));

            that(kit.hypervisor().adopt(record).isEmpty(), "a dead machine is adopted");
            Remains.nothingOf(kit, record.id(), record.directory());
            other.is(new GoneMachine(record));
        }
    }

    /** As if the machine had ended by itself while no daemon was there. */
    private static void endProcesses(VmRecord record) {
        var processes = Census.handles(record.directory()).toList();
        Assumptions.assumeFalse(processes.isEmpty(), "the machine has no process of the host");
        processes.forEach(ProcessHandle::destroyForcibly);
        Await.until(
                "the end of the processes",
                () -> Census.processes(record.directory()).findAny().isEmpty());
    }

    @Test
    @Order(12)
    @DisplayName("adopt with empty details: the launch was cut off; what is there can be killed")
    void withoutDetails(Kit kit) {
        try (var other = new MachinePlan(kit, "cut-off").boot()) {
            var record = other.machine().record();
            kit.restart();

            kit.hypervisor().adopt(Records.withoutDetails(record)).ifPresent(VirtualMachine::kill);

            Remains.nothingOf(kit, record.id(), record.directory());
            other.is(new GoneMachine(record));
        }
    }

    @Test
    @Order(13)
    @DisplayName("adopt of a machine of which nothing was ever made is empty")
    void never(Kit kit) {
        var spec = new MachinePlan(kit, "never").spec();
        var record = Records.unknown(kit.hypervisor().name(), spec.id(), spec.directory());

        same("the answer", Optional.empty(), kit.hypervisor().adopt(record));
        none("files in its folder", Folders.list(spec.directory(), _ -> true));
        Folders.delete(spec.directory());
    }
}
