// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.runtime.plug.DriverReference;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Folders;
import io.hypercontainer.runtime.store.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Gives back what a container that does not run any more holds on the host. */
final class Leftovers {
    private final Plugs plugs;
    private final ContainerStore store;
    private final VolumeClaims claims;
    private final Path machines;

    Leftovers(Plugs plugs, ContainerStore store, VolumeClaims claims, Path root) {
        this.plugs = plugs;
        this.store = store;
        this.claims = claims;
        this.machines = root.resolve("vms");
    }

    /** {@return the folder of a container's machine; short, for the sockets in it} */
    Path folder(ManagedContainer container) {
        return machines.resolve(container.record().shortId());
    }

    /**
     * Ends the machine if it lives, takes it off the network and deletes its folder; does nothing
     * if nothing is held. The caller holds the container's lock.
     *
     * @param machine the machine, if the caller knows it
     * @throws Unavailable if a driver that is needed for it is missing
     */
    void clear(ManagedContainer container, Optional<Machine> machine) {
        Optional<RunRecord> held = container.held();
        if (held.isEmpty()) {
            return;
        }
        RunRecord run = held.get();
        Machine known =
                machine.orElseGet(() ->
                        new Machine(
                                run.vm().orElseGet(() -> unknown(container, run)),
                                run.hypervisor()));
        Hypervisor hypervisor = plugs.hypervisors().await(run.hypervisor(), known::isHeldBy);
        known.with(hypervisor).ifPresent(VirtualMachine::kill);
        run.endpoint().ifPresent(e -> plugs.networks().await(e.driver()).disconnect(e));
        try {
            Folders.delete(folder(container));
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + folder(container) + ": " + e, e);
        }
        store.deleteRun(container.id());
        container.holds(Optional.empty());
        claims.release(container.id());
    }

    /** A machine whose launch was cut off, as far as it is known. */
    private VmRecord unknown(ManagedContainer container, RunRecord run) {
        Path folder = folder(container);
        return new VmRecord(
                container.record().shortId(),
                DriverReference.parse(run.hypervisor()).name(),
                folder,
                new ChannelAddress.UnixSocket(folder),
                folder,
                new Acceleration("unknown", Isolation.PROCESS, "the launch was cut off"),
                Map.of());
    }
}
