// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Instant;
import java.util.Optional;

/**
 * A booted guest that was saved, so that machines of the same kind are cloned from it instead of
 * being booted.
 *
 * @param id made of all that it depends on (hypervisor and its version, kernel, initrd, sizes,
 *     devices): if something of it changes, another template is made
 * @param hypervisor the driver that made it, with its version
 * @param cpus virtual CPUs of its clones
 * @param memoryBytes their memory
 * @param disks number of their disks
 * @param nics number of their network interfaces
 * @param spares how many machines were cloned from it ahead and wait for containers
 * @param created when it was saved; empty while it is being made
 */
public record Template(
        String id,
        String hypervisor,
        int cpus,
        long memoryBytes,
        int disks,
        int nics,
        int spares,
        Optional<Instant> created) {}
