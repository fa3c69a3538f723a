// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.util.List;
import java.util.stream.IntStream;

/** Gives a template's machine devices like those of its clones, with nothing behind them. */
final class StandIns {
    private static final String NO_MAC = "02:00:00:00:00:00";

    private StandIns() {}

    /** {@return a machine with the same devices, behind which there is nothing} */
    static VmSpec of(VmSpec spec) {
        return new VmSpec(
                spec.id(),
                spec.directory(),
                spec.cpus(),
                spec.memoryBytes(),
                spec.boot(),
                spec.disks().stream().map(d -> new Disk(d.id(), List.of(), d.readOnly())).toList(),
                spec.nics().stream().map(StandIns::of).toList(),
                spec.shares(),
                spec.spare(),
                spec.requireHardware());
    }

    /** {@return the machine without all that makes no difference to a template} */
    static VmSpec anonymous(VmSpec spec) {
        return of(
                new VmSpec(
                        "template",
                        spec.directory(),
                        spec.cpus(),
                        spec.memoryBytes(),
                        spec.boot(),
                        IntStream.range(0, spec.disks().size())
                                .mapToObj(i -> renamed(spec.disks().get(i), "disk" + i))
                                .toList(),
                        IntStream.range(0, spec.nics().size())
                                .mapToObj(i -> renamed(spec.nics().get(i), "nic" + i))
                                .toList(),
                        spec.shares(),
                        spec.spare(),
                        false));
    }

    private static Disk renamed(Disk disk, String id) {
        return new Disk(id, disk.extents(), disk.readOnly());
    }

    private static Nic renamed(Nic nic, String id) {
        return new Nic(id, NO_MAC, nic.mtu(), nic.backend());
    }

    private static Nic of(Nic nic) {
        return new Nic(
                nic.id(),
                nic.mac(),
                nic.mtu(),
                switch (nic.backend()) {
                    case NicBackend.UserMode user ->
                            new NicBackend.UserMode(
                                    user.subnet(),
                                    user.gateway(),
                                    user.guest(),
                                    user.nameserver(),
                                    List.of());
                    case NicBackend.Tap tap -> tap;
                });
    }
}
