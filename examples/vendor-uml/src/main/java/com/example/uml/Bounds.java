// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.Unsupported;
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
    private static final int MAX_DISKS = 16; // MAX_DEV of the kernel's ubd driver
    private static final long MIB = 1 << 20;
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,20}");
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    private Bounds() {}

    static void check(VmSpec spec, Set<Capability> capabilities) {
        if (spec.requireHardware()) {
            throw new Unavailable(
                    "machine %s needs hardware isolation, and %s gives a guest that of a process"
                            .formatted(spec.id(), UmlHypervisor.NAME));
        }
        if (!ID.matcher(spec.id()).matches()) {
            throw new InvalidSpec(
                    "machine '" + spec.id() + "': use 1 to 64 of a-z, 0-9 and -, no - in front");
        }
        if (spec.cpus() != 1) {
            throw new InvalidSpec(
                    "machine %s: %d CPUs, and User-Mode Linux has one: use --cpus 1"
                            .formatted(spec.id(), spec.cpus()));
        }
        if (spec.memoryBytes() < 32 * MIB || spec.memoryBytes() % MIB != 0) {
            throw new InvalidSpec(
                    "machine %s: memory of %d bytes is no multiple of 1 MiB of at least 32 MiB"
                            .formatted(spec.id(), spec.memoryBytes()));
        }
        if (!spec.shares().isEmpty()) {
            var file = Files.isRegularFile(spec.shares().getFirst().source());
            throw new Unsupported(
                    UmlHypervisor.NAME, file ? Capability.SHARE_FILE : Capability.SHARE);
        }
        checkDisks(spec);
        unique("interface", spec.nics().stream().map(Nic::id).toList());
        spec.nics().forEach(n -> checkNic(n, capabilities));
    }

    private static void checkDisks(VmSpec spec) {
        unique("disk", spec.disks().stream().map(Disk::id).toList());
        if (spec.disks().size() > MAX_DISKS) {
            throw new InvalidSpec(
                    "machine %s has %d disks, and at most %d fit: use an image of fewer layers"
                            .formatted(spec.id(), spec.disks().size(), MAX_DISKS));
        }
        spec.disks().forEach(Bounds::checkDisk);
    }

    private static void checkDisk(Disk disk) {
        if (disk.extents().size() != 1) {
            throw new Unsupported(UmlHypervisor.NAME, Capability.JOINED_DISK);
        }
        var extent = disk.extents().getFirst();
        try {
            if (!extent.file().isAbsolute() || Files.isDirectory(extent.file())) {
                throw new InvalidSpec(
                        "disk %s: %s is no file or device".formatted(disk.id(), extent.file()));
            }
            // A device's size is not that of its file.
            var whole =
                    !Files.isRegularFile(extent.file())
                            || Files.size(extent.file()) == extent.length();
            if (extent.offset() != 0 || !whole) {
                throw new Unsupported(UmlHypervisor.NAME, Capability.JOINED_DISK);
            }
        } catch (IOException e) {
            throw new InvalidSpec(
                    "disk %s: %s cannot be read: %s".formatted(disk.id(), extent.file(), e), e);
        }
    }

    private static void checkNic(Nic nic, Set<Capability> capabilities) {
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
            case NicBackend.Tap _ -> throw new Unsupported(UmlHypervisor.NAME, Capability.TAP);
            case NicBackend.UserMode user -> {
                if (!capabilities.contains(Capability.USER_NETWORK)) {
                    throw new Unsupported(UmlHypervisor.NAME, Capability.USER_NETWORK);
                }
                UserNetwork.check(nic.id(), user);
            }
        }
    }

    private static void unique(String kind, List<String> names) {
        for (var name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new InvalidSpec(kind + " '" + name + "': use 1 to 20 of a-z, 0-9 and -");
            }
        }
        if (new HashSet<>(names).size() != names.size()) {
            throw new InvalidSpec("the same " + kind + " twice in " + names);
        }
    }
}
