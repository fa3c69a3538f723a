// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.network.Endpoint;
import java.time.Instant;
import java.util.Optional;

/**
 * What a started pod holds on its host: the daemon finds it again by this, and cleans up by it. It
 * means nothing after a reboot of the host, so it is not forced to the disk.
 *
 * @param schema version of this format
 * @param hypervisor the driver that the machine is of, with its version: {@code qemu@0.1.0}
 * @param since when it was launched
 * @param endpoint its connection to a network
 * @param vm its machine; empty from before the launch until after it
 * @param wiring what is plugged into it
 */
public record MachineRecord(
        int schema,
        String hypervisor,
        Instant since,
        Optional<Endpoint> endpoint,
        Optional<VmRecord> vm,
        Wiring wiring) {
    /** The format that this daemon writes. */
    public static final int SCHEMA = 1;

    /**
     * @param now the machine as it is now
     * @return with that
     */
    public MachineRecord with(VmRecord now) {
        return new MachineRecord(schema, hypervisor, since, endpoint, Optional.of(now), wiring);
    }

    /**
     * @param now the connection as it is now
     * @return with that
     */
    public MachineRecord with(Endpoint now) {
        return new MachineRecord(schema, hypervisor, since, Optional.of(now), vm, wiring);
    }

    /**
     * @param now what is plugged in now
     * @return with that
     */
    public MachineRecord with(Wiring now) {
        return new MachineRecord(schema, hypervisor, since, endpoint, vm, now);
    }
}
