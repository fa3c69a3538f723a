// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The machine that QEMU builds, decided once. Every disk, interface and share sits alone on a PCIe
 * root port, so that it can be unplugged; some ports stay empty for what comes later. What never
 * leaves (channel, random numbers, balloon) sits on the root bus.
 *
 * @param spec what was asked for
 * @param accelerator how it is executed
 * @param kernel what is booted, in the form for QEMU
 * @param ports the root port of each device, by device id as {@link Devices} gives it
 * @param portCount how many root ports there are for them
 * @param room what memory and CPUs it can get later; not less than what it begins with
 * @param sharedMemory whether other processes (virtiofs daemons) can map the guest's memory
 */
record Machine(
        VmSpec spec,
        Accelerator accelerator,
        Path kernel,
        Map<String, Integer> ports,
        int portCount,
        Room room,
        boolean sharedMemory) {

    /**
     * Bounded by the interrupts of a guest with one CPU: 100 disks, of two interrupts each, were
     * seen to work.
     */
    static final int MAX_PORTS = 80;

    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,20}");
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final int MIB = 1 << 20;
    static final long LEAST_MEMORY = 32L * MIB;
    private static final int MAX_CPUS = 255;
    private static final int MIN_MTU = 68;
    private static final int MAX_MTU = 65535;

    Machine {
        ports = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(ports));
    }

    static Machine of(
            VmSpec spec, Accelerator accelerator, Path kernel, Room room, boolean sharedMemory) {
        check(spec);
        var ports = new LinkedHashMap<String, Integer>();
        spec.disks().forEach(d -> ports.put(Devices.diskId(d.id()), ports.size()));
        spec.nics().forEach(n -> ports.put(Devices.nicId(n.id()), ports.size()));
        spec.shares().forEach(s -> ports.put(Devices.shareId(s.tag()), ports.size()));
        if (ports.size() > MAX_PORTS) {
            throw new InvalidSpec(
                    "machine %s has %d disks, interfaces and shares; at most %d fit"
                            .formatted(spec.id(), ports.size(), MAX_PORTS));
        }
        return new Machine(
                spec,
                accelerator,
                kernel,
                ports,
                Math.min(ports.size() + Math.max(room.devices(), spec.spare()), MAX_PORTS),
                new Room(
                        room.devices(),
                        Math.max(room.memoryBytes() / MIB * MIB, spec.memoryBytes()),
                        Math.max(room.cpus(), spec.cpus())),
                sharedMemory);
    }

    boolean canGetMoreMemory() {
        return room.memoryBytes() - spec.memoryBytes() >= GuestMemory.BLOCK;
    }

    /** {@return the root port that waits for more memory, behind those of all other devices} */
    static int memoryPort(int portCount) {
        return portCount;
    }

    int port(String device) {
        var port = ports.get(device);
        if (port == null) {
            throw new IllegalArgumentException("no device " + device);
        }
        return port;
    }

    private static void check(VmSpec spec) {
        if (!ID.matcher(spec.id()).matches()) {
            throw new InvalidSpec(
                    "machine '" + spec.id() + "': use 1 to 64 of a-z, 0-9 and -, no - in front");
        }
        if (spec.cpus() < 1 || spec.cpus() > MAX_CPUS) {
            throw new InvalidSpec("machine %s: %d CPUs".formatted(spec.id(), spec.cpus()));
        }
        if (spec.memoryBytes() < LEAST_MEMORY || spec.memoryBytes() % MIB != 0) {
            throw new InvalidSpec(
                    "machine %s: memory of %d bytes is no multiple of 1 MiB of at least 32 MiB"
                            .formatted(spec.id(), spec.memoryBytes()));
        }
        unique("disk", spec.disks().stream().map(d -> d.id()).toList());
        unique("interface", spec.nics().stream().map(n -> n.id()).toList());
        unique("share", spec.shares().stream().map(s -> s.tag()).toList());
        spec.nics().forEach(Machine::checkNic);
    }

    private static void unique(String kind, List<String> names) {
        names.forEach(n -> checkName(kind, n));
        if (new HashSet<>(names).size() != names.size()) {
            throw new InvalidSpec("the same " + kind + " twice in " + names);
        }
    }

    static void checkName(String kind, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidSpec(kind + " '" + name + "': use 1 to 20 of a-z, 0-9 and -");
        }
    }

    static void checkNic(Nic nic) {
        checkName("interface", nic.id());
        if (!MAC.matcher(nic.mac()).matches()) {
            throw new InvalidSpec(
                    "'" + nic.mac() + "' is no hardware address like 52:54:00:12:34:56");
        }
        if (nic.mtu() != 0 && (nic.mtu() < MIN_MTU || nic.mtu() > MAX_MTU)) {
            throw new InvalidSpec(
                    "interface %s: an MTU of %d is not between %d and %d"
                            .formatted(nic.id(), nic.mtu(), MIN_MTU, MAX_MTU));
        }
    }
}
