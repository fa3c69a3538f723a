// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.nio.file.Path;
import java.util.List;

/**
 * A virtual machine to start.
 *
 * @param id unique on this host, {@code [a-z0-9][a-z0-9-]*}, at most 64 characters
 * @param directory a folder for this machine alone, made by the runtime and removed by it after the
 *     end; the driver sets its owner and puts sockets, logs and descriptors there. Its path is
 *     short enough for a unix socket with a name of up to 24 characters in it
 * @param cpus number of virtual CPUs, at least 1
 * @param memoryBytes guest memory, a multiple of 1 MiB
 * @param boot what the guest boots
 * @param disks in the order in which the guest shall see them
 * @param nics network interfaces
 * @param shares shared host folders
 * @param spare how many disks, interfaces and shares the machine shall be able to take while it
 *     runs, at least; what that costs and how many there can be in all is the driver's
 * @param requireHardware refuse with {@link io.hypercontainer.api.Unavailable} unless the isolation
 *     would be {@link Isolation#HARDWARE}
 */
public record VmSpec(
        String id,
        Path directory,
        int cpus,
        long memoryBytes,
        Boot boot,
        List<Disk> disks,
        List<Nic> nics,
        List<Share> shares,
        int spare,
        boolean requireHardware) {
    /** Keeps unmodifiable copies. */
    public VmSpec {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        shares = List.copyOf(shares);
    }

    /**
     * A machine that takes as many devices while it runs as is usual for its driver.
     *
     * @param id its id
     * @param directory its folder
     * @param cpus its CPUs
     * @param memoryBytes its memory
     * @param boot what it boots
     * @param disks its disks
     * @param nics its interfaces
     * @param shares what is shared with it
     * @param requireHardware refuse another isolation
     */
    public VmSpec(
            String id,
            Path directory,
            int cpus,
            long memoryBytes,
            Boot boot,
            List<Disk> disks,
            List<Nic> nics,
            List<Share> shares,
            boolean requireHardware) {
        this(id, directory, cpus, memoryBytes, boot, disks, nics, shares, 0, requireHardware);
    }
}
