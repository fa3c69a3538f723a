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
import io.hypercontainer.runtime.store.Folders;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.PodStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Gives back what a pod that does not run any more holds on the host. */
final class Leftovers {
    private final Plugs plugs;
    private final PodStore store;
    private final VolumeClaims claims;
    private final Path machines;

    Leftovers(Plugs plugs, PodStore store, VolumeClaims claims, Path root) {
        this.plugs = plugs;
        this.store = store;
        this.claims = claims;
        this.machines = root.resolve("vms");
    }

    /** {@return the folder of a pod's machine; short, for the sockets in it} */
    Path folder(ManagedPod pod) {
        return machines.resolve(pod.record().shortId());
    }

    /**
     * Ends the machine if it lives, takes it off the network and deletes its folder; does nothing
     * if nothing is held. The caller holds the pod's lock.
     *
     * @param machine the machine, if the caller knows it
     * @throws Unavailable if a driver that is needed for it is missing
     */
    void clear(ManagedPod pod, Optional<Machine> machine) {
        Optional<MachineRecord> held = pod.held();
        if (held.isEmpty()) {
            return;
        }
        MachineRecord record = held.get();
        Machine known =
                machine.orElseGet(() ->
                        new Machine(
                                record.vm().orElseGet(() -> unknown(pod, record)),
                                record.hypervisor()));
        Hypervisor hypervisor = plugs.hypervisors().await(record.hypervisor(), known::isHeldBy);
        known.with(hypervisor).ifPresent(VirtualMachine::kill);
        for (String original : record.wiring().originals()) {
            plugs.storage().await(pod.record().machine().storage()).releaseRoot(original);
        }
        record.endpoint().ifPresent(e -> plugs.networks().await(e.driver()).disconnect(e));
        try {
            Folders.delete(folder(pod));
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + folder(pod) + ": " + e, e);
        }
        store.deleteMachine(pod.id());
        pod.holds(Optional.empty());
        claims.release(pod.id());
    }

    /** A machine whose launch was cut off, as far as it is known. */
    private VmRecord unknown(ManagedPod pod, MachineRecord record) {
        Path folder = folder(pod);
        return new VmRecord(
                pod.record().shortId(),
                DriverReference.parse(record.hypervisor()).name(),
                folder,
                new ChannelAddress.UnixSocket(folder),
                folder,
                new Acceleration("unknown", Isolation.PROCESS, "the launch was cut off"),
                Map.of());
    }
}
