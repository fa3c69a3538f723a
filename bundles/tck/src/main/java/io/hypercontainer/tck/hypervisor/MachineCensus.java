// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the driver tells of what machines have on the host. */
@Contract
@DisplayName("Inventory")
public final class MachineCensus {
    private static final Set<String> KINDS =
            Set.of("process", "mount", "interface", "rule", "file", "record");

    @BeforeAll
    void tells(Kit kit) {
        Assumptions.assumeTrue(
                Inventories.tells(kit),
                "the driver has no census: the doctor will know nothing of its leaks");
    }

    @Test
    @DisplayName("census lists what is on the host, and whose it is: the machine's id")
    void lists(Kit kit) {
        try (var guest = new MachinePlan(kit, "census").boot()) {
            var id = guest.machine().record().id();
            var census = Inventories.of(kit, id);

            that(!census.isEmpty(), "it lists nothing of the machine: %s", kit.driver().census());
            none(
                    "other words than process, mount, interface, rule, file, record",
                    census.stream().map(Holding::kind).filter(k -> !KINDS.contains(k)).toList());
            guest.machine().kill();
            none("after the end it still lists", Inventories.of(kit, id));
        }
    }

    @Test
    @DisplayName("dispose removes what has no owner: a machine that nobody adopted")
    void disposes(Kit kit) {
        var orphan = new MachinePlan(kit, "orphan").boot();
        var other = new MachinePlan(kit, "owned").boot();
        var record = orphan.machine().record();
        kit.restart();
        other.reconnect();
        other.adopt();

        for (var holding : Inventories.of(kit, record.id())) {
            kit.driver().dispose(holding);
        }

        Remains.nothingOf(kit, record.id(), record.directory());
        that(kit.hypervisor().adopt(record).isEmpty(), "the disposed machine is adopted");
        same("the state of the other machine", VmState.RUNNING, other.machine().state());
        same("the other guest", "0", other.run("echo 0").ok());
        other.close();
        kit.end(new GoneMachine(record));
        Folders.delete(record.directory());
    }
}
