// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Refuses what no machine of this driver can be, before anything of it is made. */
final class Bounds {
    static final int MAX_DISKS = 100;
    static final int MAX_NICS = 8;
    static final int MAX_CPUS = 128; // HVM_MAX_VCPUS
    static final int SECTOR = 512;
    private static final long MIB = 1 << 20;

    /** Its front end keeps pages for requests: 4.4 MiB were seen. */
    private static final long MEMORY_OF_A_DISK = 5 * MIB;

    /** What a guest needs besides, to boot and to run a program. */
    private static final long LEAST_MEMORY = 64 * MIB;

    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,20}");
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    private Bounds() {}

    static void check(VmSpec spec, Set<Capability> capabilities) {
        if (!ID.matcher(spec.id()).matches()) {
            throw new InvalidSpec(
                    "machine '" + spec.id() + "': use 1 to 64 of a-z, 0-9 and -, no - in front");
        }
        if (spec.cpus() < 1 || spec.cpus() > MAX_CPUS) {
            throw new InvalidSpec(
                    "machine %s: %d CPUs, and Xen gives 1 to %d"
                            .formatted(spec.id(), spec.cpus(), MAX_CPUS));
        }
        checkMemory(spec.id(), spec.memoryBytes());
        if (spec.directory().toString().contains(",")) {
            throw new InvalidSpec(
                    "machine %s: no comma may be in the path of its folder %s"
                            .formatted(spec.id(), spec.directory()));
        }
        if (!spec.shares().isEmpty()) {
            var file = Files.isRegularFile(spec.shares().getFirst().source());
            throw new Unsupported(
                    XenHypervisor.NAME, file ? Capability.SHARE_FILE : Capability.SHARE);
        }
        check(spec.boot());
        unique("disk", spec.disks().stream().map(Disk::id).toList(), MAX_DISKS);
        spec.disks().forEach(d -> check(d, capabilities));
        checkRoomForDisks(spec);
        unique("interface", spec.nics().stream().map(Nic::id).toList(), MAX_NICS);
        spec.nics().forEach(n -> check(n, capabilities));
    }

    static void checkMemory(String machine, long bytes) {
        if (bytes < 32 * MIB || bytes % MIB != 0) {
            throw new InvalidSpec(
                    "machine %s: memory of %d bytes is no multiple of 1 MiB of at least 32 MiB"
                            .formatted(machine, bytes));
        }
    }

    private static void check(Boot boot) {
        for (var file : List.of(boot.kernel(), boot.initrd())) {
            if (!Files.isReadable(file)) {
                throw new InvalidSpec(file + " cannot be read, and guests boot from it");
            }
        }
    }

    private static void checkRoomForDisks(VmSpec spec) {
        var needed = LEAST_MEMORY + spec.disks().size() * MEMORY_OF_A_DISK;
        if (spec.memoryBytes() < needed) {
            throw new InvalidSpec(
                    "machine %s: with %d disks its guest needs %d MiB, and it has %d MiB: give it more memory"
                                    .formatted(
                                            spec.id(),
                                            spec.disks().size(),
                                            needed / MIB,
                                            spec.memoryBytes() / MIB)
                            + " (where dom0 has loaded dm-mod, all layers of an image are one disk)");
        }
    }

    static void check(Disk disk, Set<Capability> capabilities) {
        checkName("disk", disk.id());
        for (var extent : disk.extents()) {
            if (!extent.file().isAbsolute() || !Files.exists(extent.file())) {
                throw new InvalidSpec(
                        "disk %s: there is no file or device %s"
                                .formatted(disk.id(), extent.file()));
            }
            if (extent.offset() % SECTOR != 0 || extent.length() % SECTOR != 0) {
                throw new InvalidSpec(
                        "disk %s: %d bytes from %d on are no multiple of 512"
                                .formatted(disk.id(), extent.length(), extent.offset()));
            }
        }
        if (!capabilities.contains(Capability.JOINED_DISK) && !isWhole(disk)) {
            throw new Unsupported(XenHypervisor.NAME, Capability.JOINED_DISK);
        }
    }

    /** {@return whether a disk is one file or device, from its beginning to its end} */
    static boolean isWhole(Disk disk) {
        if (disk.extents().size() != 1) {
            return false;
        }
        var extent = disk.extents().getFirst();
        try {
            // A device's size is not that of its file.
            return extent.offset() == 0
                    && (!Files.isRegularFile(extent.file())
                            || Files.size(extent.file()) == extent.length());
        } catch (IOException e) {
            throw new InvalidSpec(extent.file() + " cannot be read: " + e.getMessage(), e);
        }
    }

    static void check(Nic nic, Set<Capability> capabilities) {
        checkName("interface", nic.id());
        if (!MAC.matcher(nic.mac()).matches()) {
            throw new InvalidSpec(
                    "'" + nic.mac() + "' is no hardware address like 52:54:00:12:34:56");
        }
        if (nic.mtu() != 0 && (nic.mtu() < 68 || nic.mtu() > 65521)) {
            throw new InvalidSpec(
                    "interface %s: an MTU of %d is not between 68 and 65521"
                            .formatted(nic.id(), nic.mtu()));
        }
        switch (nic.backend()) {
            case NicBackend.Tap _ -> throw new Unsupported(XenHypervisor.NAME, Capability.TAP);
            case NicBackend.UserMode user -> {
                if (!capabilities.contains(Capability.USER_NETWORK)) {
                    throw new Unsupported(XenHypervisor.NAME, Capability.USER_NETWORK);
                }
                Slirp.check(nic.id(), user);
            }
        }
    }

    private static void unique(String kind, List<String> names, int most) {
        names.forEach(n -> checkName(kind, n));
        if (new HashSet<>(names).size() != names.size()) {
            throw new InvalidSpec("the same " + kind + " twice in " + names);
        }
        if (names.size() > most) {
            throw new InvalidSpec(
                    "%d of kind %s, and no machine can have more than %d"
                            .formatted(names.size(), kind, most));
        }
    }

    private static void checkName(String kind, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidSpec(kind + " '" + name + "': use 1 to 20 of a-z, 0-9 and -");
        }
    }
}
