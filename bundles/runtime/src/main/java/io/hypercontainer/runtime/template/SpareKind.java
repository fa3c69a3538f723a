// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a spare is alike with all machines that it can become: a container without volumes, its root
 * on one disk or on layers and a disk.
 *
 * @param template what it is cloned from
 * @param disks its disks, with nothing on them
 * @param nics its interfaces, with stand-ins' addresses and without ports
 */
record SpareKind(TemplateId template, List<Disk> disks, List<Nic> nics) {
    private static final int MOST_DISKS = 2;

    /** {@return the kind of a machine, if there are spares of it} */
    static Optional<SpareKind> of(TemplateId template, VmSpec spec) {
        List<Disk> disks =
                spec.disks().stream().map(d -> new Disk(d.id(), List.of(), d.readOnly())).toList();
        long writable = disks.stream().filter(d -> !d.readOnly()).count();
        if (writable != 1 || disks.size() > MOST_DISKS) {
            return Optional.empty();
        }
        List<Nic> nics = new ArrayList<>();
        for (Nic nic : StandInMacs.in(spec)) {
            if (!(nic.backend() instanceof NicBackend.UserMode user)) {
                return Optional.empty();
            }
            nics.add(
                    new Nic(
                            nic.id(),
                            nic.mac(),
                            nic.mtu(),
                            new NicBackend.UserMode(
                                    user.subnet(),
                                    user.gateway(),
                                    user.nameserver(),
                                    user.guest(),
                                    List.of())));
        }
        return Optional.of(new SpareKind(template, disks, List.copyOf(nics)));
    }
}
