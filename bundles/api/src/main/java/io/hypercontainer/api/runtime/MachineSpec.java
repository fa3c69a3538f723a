// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.Optional;

/**
 * The virtual machine of a container. What is empty comes from the daemon's configuration.
 *
 * @param hypervisor name of a hypervisor driver
 * @param storage name of a storage driver
 * @param network name of a network, {@code none} for no network
 * @param memoryBytes guest memory
 * @param cpus CPUs, may be a fraction: the machine gets as many as needed and the container its
 *     share
 * @param rootBytes the most that the container may write to its root file system
 * @param requireHardware refuse to run without hardware virtualization
 */
public record MachineSpec(
        Optional<String> hypervisor,
        Optional<String> storage,
        Optional<String> network,
        Optional<Long> memoryBytes,
        Optional<Double> cpus,
        Optional<Long> rootBytes,
        boolean requireHardware) {
    /** All from the daemon's configuration. */
    public static final MachineSpec DEFAULT =
            new MachineSpec(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false);
}
