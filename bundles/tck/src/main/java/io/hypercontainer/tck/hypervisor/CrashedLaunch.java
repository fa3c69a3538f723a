// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.CrashSite;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Records;
import io.hypercontainer.tck.kit.Work;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon is killed with SIGKILL while it starts a machine, or with a machine that runs. */
@Contract
@DisplayName("Crash of the daemon")
public final class CrashedLaunch {
    private static final String ID = "crashed";

    @ParameterizedTest(
            name =
                    "It is killed in a launch, after {0} changes in the state folder: adopt with"
                            + " empty details, kill what it gives, and nothing is left")
    @ValueSource(ints = {1, 2, 4, 8})
    @Order(1)
    void launch(int changes, Kit kit) {
        try (var site = CrashSite.make(kit)) {
            var _ = site.killAfter(Work.LAUNCH, ID, changes);

            try (var next = site.restart()) {
                var folder = next.folder(ID);
                next.hypervisor()
                        .adopt(Records.unknown(next.hypervisor().name(), ID, folder))
                        .ifPresent(VirtualMachine::kill);

                Remains.nothingOf(next, ID, folder);
                Folders.delete(folder);
                none("census lists", next.driver().census());
            }
        }
    }

    @Test
    @Order(2)
    @DisplayName("It is killed with a running machine: the machine lives, and is adopted")
    void running(Kit kit) {
        try (var site = CrashSite.make(kit)) {
            var record = site.killAfterLaunch(ID);

            try (var next = site.restart()) {
                var machine =
                        next.hypervisor()
                                .adopt(record)
                                .orElseThrow(() ->
                                        new AssertionError(
                                                "the machine is not adopted, or has ended"));
                same("its state", VmState.RUNNING, machine.state());
                try (var agent =
                        next.daemon()
                                .agents()
                                .connect(
                                        machine.record().agent(),
                                        io.hypercontainer.tck.kit.Await.LONG)) {
                    that(!agent.info().kernel().isEmpty(), "the guest says %s", agent.info());
                }
                next.end(machine);
                Remains.nothingOf(next, record.id(), record.directory());
            }
        }
    }
}
