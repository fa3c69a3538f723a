// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.none;

import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.tck.kit.Census;
import io.hypercontainer.tck.kit.Kit;
import java.nio.file.Path;

/** What a machine has left on the host. */
final class Remains {
    private Remains() {}

    static void nothingOf(Kit kit, VirtualMachine machine) {
        nothingOf(kit, machine.record().id(), machine.record().directory());
    }

    /** Nothing is left of a machine, and census lists nothing. */
    static void nothingOf(Kit kit, String id, Path folder) {
        none("processes left of the machine", Census.processes(folder).toList());
        none("left of the machine", Census.take(folder).since(kit.before()));
        none("files left of the machine", Census.filesNamed(id).toList());
        none(
                "census still lists",
                kit.hypervisor().census().stream()
                        .filter(h ->
                                h instanceof io.hypercontainer.api.driver.Holding.Owned owned
                                        && owned.owner().equals(id))
                        .toList());
    }
}
