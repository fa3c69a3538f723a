// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes a spare the machine of a spec. From when its new entry is in the ledger until all is done
 * that entry is one of an unfinished launch: if the daemon ends meanwhile, the next one ends the
 * machine.
 */
final class Assignment {
    private static final String NOTHING = "nothing";

    private final Qmp qmp;
    private final Ledger ledger;

    Assignment(Qmp qmp, Ledger ledger) {
        this.qmp = qmp;
        this.ledger = ledger;
    }

    /**
     * @param become told what the machine has become, as soon as it has
     */
    void make(MachineState spare, VmSpec spec, Consumer<MachineState> become) {
        var wanted = wanted(spare, spec);
        ledger.add(wanted);
        try {
            Files.move(spare.folder().path(), spec.directory(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            ledger.forget(wanted.id());
            throw new DriverFailure(
                    "the folder of spare %s cannot become %s: %s"
                            .formatted(spare.id(), spec.directory(), e.getMessage()),
                    e);
        }
        become.accept(wanted);
        ledger.forget(spare.id());
        var moved = spare.as(spec.id(), spec.directory());
        spec.disks().forEach(d -> exchange(moved, wanted, d));
        for (var nic : spec.nics()) {
            HostForwarding.change(
                    qmp,
                    Devices.nicId(nic.id()),
                    wanted.nic(nic.id()).orElseThrow().guest(),
                    List.of(),
                    wanted.nic(nic.id()).orElseThrow().forwards());
        }
        var launched = wanted.withLaunched();
        ledger.save(launched);
        become.accept(launched);
    }

    private static MachineState wanted(MachineState spare, VmSpec spec) {
        var ids = spare.disks().stream().map(MachineState.DiskState::id).toList();
        var nics = spare.nics().stream().map(MachineState.NicState::id).toList();
        if (!ids.equals(spec.disks().stream().map(Disk::id).toList())
                || !nics.equals(spec.nics().stream().map(Nic::id).toList())
                || !spec.shares().isEmpty()) {
            throw new Conflict(
                    "spare %s has disks %s and interfaces %s, not those of machine %s"
                            .formatted(spare.id(), ids, nics, spec.id()));
        }
        var state = spare.as(spec.id(), spec.directory());
        for (var disk : spec.disks()) {
            state =
                    state.with(
                            MachineState.DiskState.of(
                                    disk, spare.disk(disk.id()).orElseThrow().port()));
        }
        for (var nic : spec.nics()) {
            state =
                    state.with(
                            MachineState.NicState.of(
                                    nic, spare.nic(nic.id()).orElseThrow().port()));
        }
        return state;
    }

    /**
     * A node cannot change its name, so the old one has to be gone before the new one comes. The
     * guest does not learn of it: the new disk is smaller than the stand-in's size, which it saw in
     * the template.
     */
    private void exchange(MachineState before, MachineState after, Disk disk) {
        var device = Devices.diskId(disk.id());
        qmp.execute("blockdev-add", DiskFiles.nothing(NOTHING, disk.readOnly()));
        insert(device, NOTHING);
        qmp.execute("blockdev-del", Map.of("node-name", device));
        HostResources.returnDisk(before, disk.id());
        HostResources.takeDisk(after, disk);
        qmp.execute("blockdev-add", DiskFiles.node(disk, after.folder()));
        insert(device, device);
        qmp.execute("blockdev-del", Map.of("node-name", NOTHING));
    }

    /** QEMU exchanges the node behind a device that works already (qdev-properties-system.c). */
    private void insert(String device, String node) {
        qmp.execute(
                "qom-set",
                Map.of(
                        "path",
                        "/machine/peripheral/" + device,
                        "property",
                        "drive",
                        "value",
                        node));
    }
}
