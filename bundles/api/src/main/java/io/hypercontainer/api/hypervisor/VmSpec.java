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
        boolean requireHardware) {
    /** Keeps unmodifiable copies. */
    public VmSpec {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        shares = List.copyOf(shares);
    }
}
