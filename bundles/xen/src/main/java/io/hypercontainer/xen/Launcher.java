// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.nio.file.Files;

/** Starts machines. */
final class Launcher {
    private final Host host;

    Launcher(Host host) {
        this.host = host;
    }

    /**
     * Starts a machine, paused. If it fails nothing is left.
     *
     * @param type {@code pvh} or {@code pv}
     */
    MachineState start(VmSpec spec, String type) {
        var state = MachineState.of(spec);
        host.ledger().add(state);
        try {
            state = host.devices().attach(state);
            for (var nic : spec.nics()) {
                state = host.network().start(state, nic);
            }
            var folder = state.folder();
            Files.createFile(folder.console());
            Files.writeString(
                    folder.config(),
                    DomainConfig.of(spec, state, type, host.cpus().most(spec.cpus())));
            state = host.ledger().save(create(spec, state));
            connect(spec, state);
            return state;
        } catch (IOException e) {
            undo(spec.id(), e);
            throw new DriverFailure("cannot start machine " + spec.id() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            undo(spec.id(), e);
            throw e;
        }
    }

    private MachineState create(VmSpec spec, MachineState state) {
        try {
            return host.domains().create(state);
        } catch (DriverFailure e) {
            var free = host.xl().freeMemory();
            if (spec.memoryBytes() >> 20 < free) {
                throw e;
            }
            throw new Unavailable(
                    "machine %s needs %d MiB, and Xen has %d MiB left: stop other machines, or give"
                                    .formatted(spec.id(), spec.memoryBytes() >> 20, free)
                            + " dom0 less memory (dom0_mem)",
                    e);
        }
    }

    private void connect(VmSpec spec, MachineState state) {
        for (var disk : state.disks()) {
            host.devices().connect(state, disk);
        }
        spec.nics().forEach(nic -> host.network().connect(state, nic));
    }

    private void undo(String id, Exception why) {
        try {
            host.ledger().find(id).ifPresent(host::release);
        } catch (HyperException e) {
            why.addSuppressed(e);
        }
    }
}
