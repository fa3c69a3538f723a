// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.runtime.log.LogPosition;
import java.util.Optional;

/**
 * What a started container holds on its host: the daemon finds it again by this, and cleans up by
 * it. It means nothing after a reboot of the host, so it is not forced to the disk.
 *
 * @param schema version of this format
 * @param hypervisor the driver that the machine is of, with its version: {@code qemu@0.1.0}
 * @param endpoint its connection to a network
 * @param vm its machine; empty from before the launch until after it
 * @param log what the log held when the process began
 */
public record RunRecord(
        int schema,
        String hypervisor,
        Optional<Endpoint> endpoint,
        Optional<VmRecord> vm,
        LogPosition log) {
    /** The format that this daemon writes. */
    public static final int SCHEMA = 1;

    /**
     * @param launched the machine
     * @return with the machine
     */
    public RunRecord with(VmRecord launched) {
        return new RunRecord(schema, hypervisor, endpoint, Optional.of(launched), log);
    }
}
