// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.xen.MachineState.DiskState;
import io.hypercontainer.xen.MachineState.NicState;
import java.util.List;

/**
 * Devices that come and go while a machine runs. Each step is in the ledger before it is taken;
 * what fails is taken back.
 */
final class PluggedDevices {
    private final Host host;

    PluggedDevices(Host host) {
        this.host = host;
    }

    /**
     * @param disk has been checked
     */
    void add(MachineState state, Disk disk) {
        if (state.disk(disk.id()).isPresent()) {
            throw new Conflict("machine %s has a disk '%s'".formatted(state.id(), disk.id()));
        }
        refuseMore(state, "disks", state.disks().size(), Bounds.MAX_DISKS);
        var planned = DiskState.of(disk, state.freeDisk());
        var now =
                host.ledger()
                        .save(
                                state.withDisks(all -> {
                                    all.add(planned);
                                    return all;
                                }));
        try {
            now = host.devices().attach(now);
            var attached = now.disk(disk.id()).orElseThrow();
            host.xl().attachDisk(now.domain(), DomainConfig.disk(attached));
            host.devices().connect(now, attached);
        } catch (RuntimeException e) {
            // The ledger may know more than this does, such as a loop device.
            host.ledger().find(state.id()).ifPresent(s -> removeDisk(s, disk.id()));
            throw e;
        }
    }

    void removeDisk(MachineState state, String id) {
        var disk = state.disk(id).orElseThrow(() -> none(state, "disk", id));
        if (host.devices().isConnected(state, disk)) {
            host.xl().detachDisk(state.domain(), disk.name());
        }
        host.devices().release(state, List.of(disk));
        host.ledger()
                .save(
                        state.withDisks(all -> {
                            all.removeIf(d -> d.id().equals(id));
                            return all;
                        }));
    }

    /**
     * @param nic has been checked
     */
    void add(MachineState state, Nic nic) {
        if (state.nic(nic.id()).isPresent()) {
            throw new Conflict("machine %s has an interface '%s'".formatted(state.id(), nic.id()));
        }
        refuseMore(state, "interfaces", state.nics().size(), Bounds.MAX_NICS);
        var planned = NicState.of(nic, state.freeNic());
        var now =
                host.ledger()
                        .save(
                                state.withNics(all -> {
                                    all.add(planned);
                                    return all;
                                }));
        try {
            now = host.network().start(now, nic);
            host.xl().attachNic(now.domain(), DomainConfig.nic(nic, planned.number()));
            host.network().connect(now, nic);
        } catch (RuntimeException e) {
            host.ledger().find(state.id()).ifPresent(s -> removeNic(s, nic.id()));
            throw e;
        }
    }

    void removeNic(MachineState state, String id) {
        var nic = nic(state, id);
        if (host.network().exists(state, nic)) {
            host.xl().detachNic(state.domain(), nic.number());
        }
        host.network().end(state, nic);
        host.ledger()
                .save(
                        state.withNics(all -> {
                            all.removeIf(n -> n.id().equals(id));
                            return all;
                        }));
    }

    void forward(MachineState state, String id, List<Forward> forwards) {
        host.network().forward(state, nic(state, id), forwards);
    }

    private static NicState nic(MachineState state, String id) {
        return state.nic(id).orElseThrow(() -> none(state, "interface", id));
    }

    private static NotFound none(MachineState state, String kind, String id) {
        return new NotFound("machine %s has no %s '%s'".formatted(state.id(), kind, id));
    }

    private static void refuseMore(MachineState state, String kind, int there, int most) {
        if (there >= most) {
            throw new InvalidSpec(
                    "machine %s has %d %s, and no more fit".formatted(state.id(), there, kind));
        }
    }
}
