// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.oneLine;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** From launch to the end, whichever way it comes. */
@Contract
@DisplayName("Life cycle")
public final class LifeCycle {
    private Guest guest;
    private String argument;

    @BeforeAll
    void boot(Kit kit) {
        argument = "tck.word=" + kit.newId("w");
        guest = new MachinePlan(kit, "life").argument(argument).boot();
    }

    @AfterAll
    void end() {
        guest.close();
    }

    @Test
    @Order(1)
    @DisplayName("launch starts a machine; its record has the id, the driver's name and the folder")
    void record(Kit kit) {
        var record = guest.machine().record();

        same("the driver's name", kit.hypervisor().name(), record.hypervisor());
        same("the folder", kit.folder(record.id()), record.directory());
        that(!record.details().isEmpty(), "there are no details, the sign of a cut-off launch");
        same("the record, asked again", record, guest.machine().record());
        same(
                "how it is executed",
                kit.hypervisor().acceleration(kit.boot(List.of())),
                record.acceleration());
        oneLine("the reason of the acceleration", record.acceleration().reason());
        same("its state", VmState.RUNNING, guest.machine().state());
    }

    @Test
    @Order(2)
    @DisplayName("waitForExit waits at most for the timeout: empty if it still lives")
    void doesNotEnd() {
        that(
                guest.machine().waitForExit(Duration.ZERO).isEmpty(),
                "it tells of an end while the guest answers");
        that(
                guest.machine().waitForExit(Duration.ofMillis(50)).isEmpty(),
                "it tells of an end while the guest answers");
    }

    @Test
    @Order(2)
    @DisplayName("Every blocking method may throw Interrupted; the flag is set again")
    void interrupted() throws InterruptedException {
        var seen = new AtomicReference<>("nothing");
        var thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                seen.set("end: " + guest.machine().waitForExit(Await.LONG));
                            } catch (Interrupted e) {
                                seen.set("flag " + Thread.currentThread().isInterrupted());
                            } catch (RuntimeException e) {
                                seen.set(e.toString());
                            }
                        });
        Await.until("waiting", () -> thread.getState() != Thread.State.RUNNABLE);
        thread.interrupt();
        thread.join(Await.LONG);

        same("an interrupted waitForExit", "flag true", seen.get());
    }

    @Test
    @Order(2)
    @DisplayName("The guest has the memory and CPUs that were asked for")
    void sizes() {
        same("the number of CPUs", "1", guest.run("nproc").ok());
        var kib =
                Long.parseLong(
                        guest.run("sed -n 's/MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo")
                                .ok());
        // The kernel keeps some for itself.
        that(
                kib * 1024 <= MachinePlan.MEMORY && kib * 1024 > MachinePlan.MEMORY / 2,
                "the guest has %d KiB of %d",
                kib,
                MachinePlan.MEMORY / 1024);
    }

    @Test
    @Order(2)
    @DisplayName("Boot.arguments: further kernel arguments")
    void arguments() {
        var line = guest.run("cat /proc/cmdline").ok();

        that(line.contains(argument), "the guest's command line is '%s'", line);
    }

    @Test
    @Order(3)
    @DisplayName("consoleTail: the last lines, oldest first, control characters removed")
    void console(Kit kit) {
        guest.run(
                        "mknod /dev/tck-console c 5 1; for i in 1 2 3; do"
                                + " printf 'tck \\033[1mline\\007 %s\\n' $i >/dev/tck-console; done")
                .ok();

        var tail =
                Await.value(
                        "the console's third line",
                        () ->
                                java.util.Optional.of(guest.machine().consoleTail(1000))
                                        .filter(l -> l.stream().anyMatch(s -> s.endsWith(" 3"))));
        var mine = tail.stream().filter(l -> l.contains("tck ")).toList();
        same("the number of lines", 3, mine.size());
        for (int i = 0; i < 3; i++) {
            that(mine.get(i).endsWith(" " + (i + 1)), "the lines are %s", mine);
        }
        none(
                "lines with control characters",
                tail.stream().filter(l -> l.chars().anyMatch(Character::isISOControl)).toList());
        that(guest.machine().consoleTail(2).size() <= 2, "more lines than were asked for");
        that(
                Files.isRegularFile(guest.machine().record().consoleLog()),
                "the file of the console, %s, is not there",
                guest.machine().record().consoleLog());
    }

    @Test
    @Order(4)
    @DisplayName("VmRecord.consoleLog: at most 1 MiB of the console's output")
    void consoleIsBounded() throws Exception {
        guest.run(
                        "tr '\\0' x </dev/zero | head -c 1200000 >/dev/tck-console;"
                                + " (echo; echo the last line) >/dev/tck-console")
                .ok();
        Await.until(
                "the last line",
                () ->
                        guest.machine().consoleTail(5).stream()
                                .anyMatch(l -> l.contains("the last")));

        var size = Files.size(guest.machine().record().consoleLog());
        that(size <= 1 << 20, "after 1200000 bytes of output it has %d", size);
    }

    @Test
    @Order(5)
    @DisplayName("stats: processor time used since its start, and the host's memory")
    void stats() {
        var before = guest.machine().stats();
        guest.run("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done").ok();
        var after = guest.machine().stats();

        that(!before.cpuTime().isNegative() && !before.cpuTime().isZero(), "used: %s", before);
        that(
                after.cpuTime().compareTo(before.cpuTime()) > 0,
                "the guest has computed, and the time went from %s to %s",
                before.cpuTime(),
                after.cpuTime());
        that(after.memoryBytes() > 1 << 20, "memory of %d bytes", after.memoryBytes());
    }

    @Test
    @Order(6)
    @DisplayName("Machines do not disturb each other")
    void two(Kit kit) {
        try (var other = new MachinePlan(kit, "other").boot()) {
            same("the other's exit code", 3, other.run("exit 3").exit());
            other.machine().kill();
            same("the state of the one that was not killed", "0", guest.run("echo 0").ok());
            same("its state", VmState.RUNNING, guest.machine().state());
        }
    }

    @Test
    @Order(30)
    @DisplayName("launch: InvalidSpec if the host cannot give what is asked for")
    void tooMuch(Kit kit) {
        fails(
                kit,
                "a machine with 100000 CPUs",
                new MachinePlan(kit, "cpus").cpus(100_000),
                InvalidSpec.class);
        fails(
                kit,
                "memory that is no multiple of 1 MiB",
                new MachinePlan(kit, "memory").memory((256L << 20) + 4096),
                InvalidSpec.class);
    }

    @Test
    @Order(31)
    @DisplayName("launch: if it fails nothing is left behind")
    void failures(Kit kit) {
        var missing = kit.root().resolve("files/no-such-file");
        fails(
                kit,
                "a disk whose file is missing",
                new MachinePlan(kit, "nodisk")
                        .disk(MachinePlan.disk("data", missing, 4096, false)));
        var plan = new MachinePlan(kit, "nokernel").spec();
        var boot =
                new io.hypercontainer.api.hypervisor.Boot(
                        missing, plan.boot().initrd().resolveSibling("no-initrd"), List.of());
        var spec =
                new VmSpec(
                        plan.id(),
                        plan.directory(),
                        1,
                        plan.memoryBytes(),
                        boot,
                        List.of(),
                        List.of(),
                        List.of(),
                        false);
        fails(kit, "a guest without kernel and initrd", spec);
    }

    @Test
    @Order(32)
    @DisplayName("requireHardware: refuse with Unavailable unless the isolation would be HARDWARE")
    void requireHardware(Kit kit) {
        var plan = new MachinePlan(kit, "hardware").requireHardware();
        if (kit.hypervisor().acceleration(kit.boot(List.of())).isolation() == Isolation.HARDWARE) {
            plan.boot().close();
        } else {
            fails(kit, "a machine that needs hardware isolation", plan, Unavailable.class);
        }
    }

    private static void fails(Kit kit, String what, MachinePlan plan, Class<?>... errors) {
        fails(kit, what, plan.spec(), errors);
    }

    private static void fails(Kit kit, String what, VmSpec spec, Class<?>... errors) {
        refused(what, () -> kit.end(kit.launch(spec)), errors);
        Remains.nothingOf(kit, spec.id(), spec.directory());
        Folders.delete(spec.directory());
    }
}
