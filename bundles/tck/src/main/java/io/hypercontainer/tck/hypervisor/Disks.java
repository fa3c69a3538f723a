// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Disks of a machine, from its start on and while it runs. */
@Contract
@DisplayName("Disks")
public final class Disks {
    private static final int SPARE = 4;
    private Guest guest;
    private RawDisk first;
    private RawDisk readOnly;
    private RawDisk last;
    private String rights;

    @BeforeAll
    void boot(Kit kit) {
        first = RawDisk.make(kit);
        readOnly = RawDisk.make(kit);
        last = RawDisk.make(kit);
        rights = RawDisk.rights(readOnly.file());
        guest =
                new MachinePlan(kit, "disks")
                        .disk(first.disk("first", false))
                        .disk(readOnly.disk("read-only", true))
                        .disk(last.disk("last-of-20-letters-x", false))
                        .spare(SPARE)
                        .boot();
    }

    @AfterAll
    void end() {
        guest.close();
    }

    @Test
    @Order(1)
    @DisplayName("Disks are there, in the order in which the guest shall see them")
    void order() {
        var seen =
                List.of(first, readOnly, last).stream()
                        .map(d -> d.number(guest).replaceFirst(".* ", ""))
                        .toList();

        that(seen.stream().noneMatch(String::isEmpty), "device numbers %s", seen);
        var numbers = seen.stream().map(Integer::valueOf).toList();
        same("the order of the devices", numbers.stream().sorted().toList(), numbers);
    }

    @Test
    @Order(2)
    @DisplayName("Disk.length: its size is that of its extents")
    void size() {
        var size = guest.run(first.with(guest, "wc -c <$f")).ok();

        same("the size in the guest", Integer.toString(RawDisk.LENGTH), size);
    }

    @Test
    @Order(3)
    @DisplayName("A disk's content is that of the host's file: what the guest writes is there")
    void write() {
        same("the exit code of the writer", 0, first.write(guest, "by the guest"));
        same("what the host's file has", "by the guest", first.written(12));
    }

    @Test
    @Order(4)
    @DisplayName("Disk.readOnly: the guest may only read it")
    void readOnly() {
        var before = readOnly.bytes();

        var exit = readOnly.write(guest, "it shall not");

        that(Arrays.equals(before, readOnly.bytes()), "the guest has written to a read-only disk");
        that(exit != 0, "the guest was told that it had written");
    }

    @Test
    @Order(5)
    @DisplayName("The driver never changes owner or mode of the files of a read-only disk")
    void rights() {
        same("of the file of a read-only disk", rights, RawDisk.rights(readOnly.file()));
    }

    @Test
    @Order(6)
    @DisplayName("joined-disk: a disk is several extents and parts of files, one behind the other")
    void joined(Kit kit) {
        Needs.capability(kit, Capability.JOINED_DISK);
        var head = RawDisk.make(kit);
        var tail = RawDisk.make(kit);
        var half = RawDisk.LENGTH / 2;
        var disk =
                new Disk(
                        "joined",
                        List.of(
                                new Extent(head.file(), 0, half),
                                new Extent(tail.file(), 0, 512),
                                new Extent(head.file(), half, 512)),
                        true);
        try (var other = new MachinePlan(kit, "joined").disk(disk).boot()) {
            var middle = head.with(other, "dd if=$f bs=512 skip=" + half / 512 + " 2>/dev/null");

            same(
                    "its length",
                    Integer.toString(half + 1024),
                    other.run(head.with(other, "wc -c <$f")).ok());
            same(
                    "what is at the joint",
                    tail.word(),
                    other.run(middle + " | head -c 32 | tr -d ' '").ok());
        }
    }

    @Test
    @Order(10)
    @DisplayName("addDisk plugs a disk in; removeDisk returns when the guest has let go of it")
    void hotplug(Kit kit) {
        Needs.capability(kit, Capability.HOTPLUG_DISK);
        var disk = RawDisk.make(kit);
        for (int i = 0; i < 2; i++) {
            guest.machine().addDisk(disk.disk("hot", false));
            awaitDisk(disk);
            same("the exit code of the writer", 0, disk.write(guest, "round " + i));
            same("what the host's file has", "round " + i, disk.written(7));

            guest.machine().removeDisk("hot");
            same("the device after removeDisk", "", disk.number(guest));
        }
    }

    private void awaitDisk(RawDisk disk) {
        Await.until("the disk in the guest", () -> !disk.number(guest).isEmpty());
    }

    @Test
    @Order(11)
    @DisplayName("addDisk: its id must be new in this machine")
    void sameId(Kit kit) {
        Needs.capability(kit, Capability.HOTPLUG_DISK);
        var disk = RawDisk.make(kit);

        refused("a second disk 'first'", () -> guest.machine().addDisk(disk.disk("first", true)));

        same("the device of the refused disk", "", disk.number(guest));
        that(!first.number(guest).isEmpty(), "the disk that was there is gone");
    }

    @Test
    @Order(12)
    @DisplayName("addDisk: what fails leaves nothing; the id is free")
    void failedPlug(Kit kit) {
        Needs.capability(kit, Capability.HOTPLUG_DISK);
        var missing = kit.root().resolve("files/no-such-file");

        refused(
                "a disk whose file is missing",
                () -> guest.machine().addDisk(MachinePlan.disk("late", missing, 4096, false)));

        var disk = RawDisk.make(kit);
        guest.machine().addDisk(disk.disk("late", true));
        awaitDisk(disk);
        guest.machine().removeDisk("late");
    }

    @Test
    @Order(13)
    @DisplayName("VmSpec.spare: how many devices the machine shall be able to take while it runs")
    void spare(Kit kit) {
        Needs.capability(kit, Capability.HOTPLUG_DISK);
        for (int i = 0; i < SPARE; i++) {
            var disk = RawDisk.make(kit);
            guest.machine().addDisk(disk.disk("spare-" + i, true));
            awaitDisk(disk);
        }
        for (int i = 0; i < SPARE; i++) {
            guest.machine().removeDisk("spare-" + i);
        }
    }

    @Test
    @Order(20)
    @DisplayName("The end releases all that the machine holds: its disks can be used again")
    void usedAgain(Kit kit) {
        guest.machine().kill();

        same("of the read-only disk's file", rights, RawDisk.rights(readOnly.file()));
        same("of the writable disk's file", rights, RawDisk.rights(first.file()));
        try (var next = new MachinePlan(kit, "next").disk(first.disk("again", false)).boot()) {
            same("the exit code of the writer", 0, first.write(next, "once more"));
        }
    }
}
