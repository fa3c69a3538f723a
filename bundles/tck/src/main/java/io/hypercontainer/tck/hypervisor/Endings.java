// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.oneLine;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmExit;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Census;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The end of a machine, whichever way it comes. */
@Contract
@DisplayName("Ends")
public final class Endings {
    private Guest guest;

    @BeforeAll
    void boot(Kit kit) {
        guest = new MachinePlan(kit, "ends").boot();
    }

    @AfterAll
    void end() {
        guest.close();
    }

    @Test
    @Order(10)
    @DisplayName("VmExit.orderly: the guest powered itself off")
    void powerOff() {
        guest.powerOff();

        var exit = exit(guest.machine());
        that(exit.orderly(), "the guest has powered itself off, and the end is told as %s", exit);
        oneLine("the reason", exit.reason());
        same("the state after the end", VmState.ENDED, guest.machine().state());
    }

    @Test
    @Order(11)
    @DisplayName("After the machine has ended all other methods throw Conflict")
    void afterTheEnd(Kit kit) {
        var machine = guest.machine();
        refused("consoleTail after the end", () -> machine.consoleTail(1), Conflict.class);
        refused("stats after the end", machine::stats, Conflict.class);
        if (kit.hypervisor().capabilities().contains(Capability.PAUSE)) {
            refused("pause after the end", machine::pause, Conflict.class);
            refused("resume after the end", machine::resume, Conflict.class);
        }
        if (kit.hypervisor().capabilities().contains(Capability.HOTPLUG_DISK)) {
            refused("removeDisk after the end", () -> machine.removeDisk("box"), Conflict.class);
        }
        machine.kill();
        same("the record's id", machine.record().id(), machine.record().id());
        that(
                machine.waitForExit(Duration.ZERO).orElseThrow().orderly(),
                "a kill after the end has changed how it ended");
    }

    @Test
    @Order(12)
    @DisplayName("The end of a machine releases all that it holds on the host")
    void nothingIsHeld(Kit kit) {
        Remains.nothingOf(kit, guest.machine());
    }

    @Test
    @Order(20)
    @DisplayName("kill ends the machine at once, and returns when it is gone")
    void kill(Kit kit) {
        try (var victim = new MachinePlan(kit, "kill").boot()) {
            victim.machine().kill();

            none(
                    "processes after the return of kill",
                    Census.processes(kit.folder(victim.machine().record().id())).toList());
            same("the state", VmState.ENDED, victim.machine().state());
            var exit = victim.machine().waitForExit(Duration.ZERO);
            that(exit.isPresent(), "waitForExit does not know of the end");
            that(exit.stream().noneMatch(VmExit::orderly), "a killed machine ended orderly");
            victim.machine().kill();
            Remains.nothingOf(kit, victim.machine());
        }
    }

    @Test
    @Order(21)
    @DisplayName("VmExit.reason: one line, with the last console lines if not orderly")
    void panic(Kit kit) {
        try (var victim = new MachinePlan(kit, "panic").boot()) {
            victim.start("echo c >/proc/sysrq-trigger");

            var exit = exit(victim.machine());
            that(!exit.orderly(), "the guest's kernel gave up, and the end is told as %s", exit);
            oneLine("the reason", exit.reason());
            that(
                    exit.reason().toLowerCase(java.util.Locale.ROOT).contains("panic"),
                    "the guest's kernel gave up with a panic, and the reason is '%s'",
                    exit.reason());
            Remains.nothingOf(kit, victim.machine());
        }
    }

    @Test
    @Order(22)
    @DisplayName("waitForExit: the driver notices the end of the machine's process")
    void processKilled(Kit kit) {
        try (var victim = new MachinePlan(kit, "process").boot()) {
            var folder = kit.folder(victim.machine().record().id());
            var processes = Census.handles(folder).toList();
            org.junit.jupiter.api.Assumptions.assumeFalse(
                    processes.isEmpty(), "the machine has no process of the host");
            processes.forEach(ProcessHandle::destroyForcibly);

            var exit = exit(victim.machine());
            that(!exit.orderly(), "its processes were killed, and the end is told as %s", exit);
            oneLine("the reason", exit.reason());
            Remains.nothingOf(kit, victim.machine());
        }
    }

    static VmExit exit(VirtualMachine machine) {
        return machine.waitForExit(Await.LONG)
                .orElseThrow(() -> new AssertionError("the end of the machine is not noticed"));
    }
}
