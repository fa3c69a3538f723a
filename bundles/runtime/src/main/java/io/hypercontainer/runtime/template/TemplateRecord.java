// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import java.time.Instant;

/**
 * What is said of a template; what it depends on is its id.
 *
 * @param schema of this form
 * @param hypervisor the driver that made it
 * @param cpus virtual CPUs of its clones
 * @param memoryBytes their memory
 * @param disks their disks
 * @param nics their network interfaces
 * @param created when it was saved
 */
public record TemplateRecord(
        int schema,
        String hypervisor,
        int cpus,
        long memoryBytes,
        int disks,
        int nics,
        Instant created) {
    static final int SCHEMA = 1;

    /** Refuses what it does not know. */
    public TemplateRecord {
        if (schema != SCHEMA) {
            throw new IllegalArgumentException("schema " + schema + " is unknown");
        }
    }
}
