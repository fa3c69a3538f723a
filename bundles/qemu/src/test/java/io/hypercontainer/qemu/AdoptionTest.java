// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmState;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdoptionTest extends LiveTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void theNextDriverTakesARunningMachineOver() throws Exception {
        var data = new Disk("data", List.of(new Extent(file("data"), 0, 4096)), false);
        var spec = spec("one", List.of(data), List.of(), List.of());
        var first = launch(spec);
        try (var shell = GuestShell.of(first)) {
            // The stream to the guest is the runtime's and does not care about the driver.
            assertThat(shell.run("echo before")).isEqualTo("before|");
            awaitConsole(first, "test guest is up");
            driver.deactivate();
            assertThat(shell.run("echo between")).isEqualTo("between|");

            driver = new QemuHypervisor(Configuration.tcg(), root);
            var adopted = ends(driver.adopt(first.record()).orElseThrow());

            assertThat(adopted.state()).isEqualTo(VmState.RUNNING);
            assertThat(adopted.record()).isEqualTo(first.record());
            assertThat(shell.run("echo after")).isEqualTo("after|");
            assertThat(shell.run("echo to the console > /dev/console")).isEmpty();
            awaitConsole(adopted, "to the console");
            adopted.addDisk(new Disk("hot", List.of(new Extent(file("hot"), 0, 4096)), true));
            assertThat(shell.run("await disk hot; blockdev --getsize64 $(disk hot)"))
                    .isEqualTo("4096|");
            adopted.removeDisk("data");
            adopted.pause();
            assertThat(adopted.state()).isEqualTo(VmState.PAUSED);
            adopted.resume();

            shell.send("poweroff -f");
            var exit = adopted.waitForExit(LONG).orElseThrow();

            assertThat(exit.orderly()).isTrue();
            assertThat(ConsoleLog.tail(spec.directory().resolve("console.log"), 1000))
                    .contains("test guest is up", "to the console");
        }
    }

    @Test
    void theCrashOfAnAdoptedMachineIsNoticed() throws Exception {
        var first = launch(plain("one"));
        driver.deactivate();
        driver = new QemuHypervisor(Configuration.tcg(), root);
        var adopted = ends(driver.adopt(first.record()).orElseThrow());

        process(adopted.record()).destroyForcibly();

        assertThat(adopted.waitForExit(LONG).orElseThrow().reason()).contains("adopted");
        assertThat(adopted.state()).isEqualTo(VmState.ENDED);
    }

    @Test
    void anAdoptedMachineCanBeKilled() throws Exception {
        var first = launch(plain("one"));
        driver.deactivate();
        driver = new QemuHypervisor(Configuration.tcg(), root);
        var adopted = driver.adopt(first.record()).orElseThrow();
        assertThat(driver.adopt(first.record())).containsSame(adopted);

        adopted.kill();

        assertThat(adopted.state()).isEqualTo(VmState.ENDED);
        assertThat(identity(first.record()).alive()).isFalse();
        assertThat(driver.adopt(first.record())).isEmpty();
    }

    @Test
    void whatADeadMachineLeftIsCleanedUp() throws Exception {
        var file = file("data");
        var data = new Disk("data", List.of(new Extent(file, 0, 4096)), false);
        var first = launch(spec("one", List.of(data), List.of(), List.of()));
        driver.deactivate();
        var process = process(first.record());
        process.destroyForcibly();
        process.onExit().join();
        assertThat(first.record().directory().resolve("qmp.sock")).exists();

        driver = new QemuHypervisor(Configuration.tcg(), root);

        assertThat(driver.adopt(first.record())).isEmpty();
        assertThat(first.record().directory().resolve("qmp.sock")).doesNotExist();
        assertThat(Files.getAttribute(file, "unix:uid"))
                .isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    @Test
    void aProcessThatOnlyHasTheNumberIsLeftAlone() throws Exception {
        var first = launch(plain("one"));
        driver.deactivate();
        var other = new ProcessBuilder("sleep", "1000").start();
        try {
            process(first.record()).destroyForcibly();
            process(first.record()).onExit().join();
            var start = ProcessIdentity.of(other.pid()).orElseThrow().startTicks();
            var ledger = root.resolve("qemu/machines/one.json");
            var state = MachineState.parse(Files.readString(ledger));
            // The same number and even the same start, but not our QEMU.
            var recycled = new ProcessIdentity(other.pid(), start, ProcessIdentity.currentBootId());
            Files.writeString(ledger, state.withProcess(recycled).json());

            driver = new QemuHypervisor(Configuration.tcg(), root);

            assertThat(driver.adopt(first.record())).isEmpty();
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aDamagedLedgerDoesNotHideARunningMachine() throws Exception {
        var first = launch(plain("one"));
        driver.deactivate();
        Files.writeString(root.resolve("qemu/machines/one.json"), "{\"version\":");

        driver = new QemuHypervisor(Configuration.tcg(), root);
        var adopted = ends(driver.adopt(first.record()).orElseThrow());

        assertThat(adopted.state()).isEqualTo(VmState.RUNNING);
        Files.delete(root.resolve("qemu/machines/one.json.damaged"));
    }

    @Test
    void aMachineWithoutRecordIsFoundByItsNameAndFolder() throws Exception {
        var first = launch(plain("one"));
        driver.deactivate();
        driver = new QemuHypervisor(Configuration.tcg(), root);

        driver.adopt(withoutDetails(first.record())).orElseThrow().kill();

        assertThat(identity(first.record()).alive()).isFalse();
    }

    @Test
    void aMachineThatOnlyItsFolderTellsOfIsEndedAndNobodyElse() throws Exception {
        var first = launch(plain("one"));
        driver.deactivate();
        Files.delete(root.resolve("qemu/machines/one.json"));
        var folder = first.record().directory();
        var visitor = new ProcessBuilder("sleep", "1000").directory(folder.toFile()).start();
        try {
            driver = new QemuHypervisor(Configuration.tcg(), root);

            assertThat(driver.adopt(withoutDetails(first.record()))).isEmpty();

            assertThat(identity(first.record()).alive()).isFalse();
            assertThat(visitor.isAlive()).isTrue();
        } finally {
            visitor.destroyForcibly().onExit().join();
        }
    }

    private static VmRecord withoutDetails(VmRecord record) {
        return new VmRecord(
                record.id(),
                record.hypervisor(),
                record.directory(),
                record.agent(),
                record.consoleLog(),
                record.acceleration(),
                Map.of());
    }

    @Test
    void aStartThatNobodyWaitsForIsUndone() throws Exception {
        var first = launch(plain("one"));
        driver.deactivate();
        var ledger = root.resolve("qemu/machines/one.json");
        // As if the daemon had been killed before launch returned.
        var json = Files.readString(ledger).replace("\"launched\":true", "\"launched\":false");
        Files.writeString(ledger, json);

        driver = new QemuHypervisor(Configuration.tcg(), root);

        assertThat(identity(first.record()).alive()).isFalse();
        assertThat(ledger).doesNotExist();
    }

    @Test
    void aMachineOutlivesTheSuddenDeathOfItsDaemon() throws Exception {
        var spec = plain("one");
        var daemon =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-Dhyper.guest.build=" + System.getProperty("hyper.guest.build"),
                                ShortLivedDaemon.class.getName(),
                                root.toString(),
                                spec.directory().toString(),
                                initrd.toString())
                        .redirectError(new File("/dev/null"))
                        .start();
        Map<String, String> details = new HashMap<>();
        try (var said = daemon.inputReader()) {
            for (var line = said.readLine(); !line.equals("."); line = said.readLine()) {
                details.put(
                        line.substring(0, line.indexOf('=')),
                        line.substring(line.indexOf('=') + 1));
            }
        }
        daemon.destroyForcibly().onExit().join();

        driver = new QemuHypervisor(Configuration.tcg(), root);
        var folder = new MachineFolder(spec.directory());
        var record =
                new VmRecord(
                        "one",
                        "qemu",
                        spec.directory(),
                        new io.hypercontainer.api.hypervisor.ChannelAddress.UnixSocket(
                                folder.agent()),
                        folder.consoleLog(),
                        driver.acceleration(spec.boot()),
                        details);
        var adopted = ends(driver.adopt(record).orElseThrow());

        try (var shell = GuestShell.of(adopted)) {
            assertThat(shell.run("echo alive")).isEqualTo("alive|");
        }
    }

    private Path file(String name) throws Exception {
        return Files.write(root.resolve(name), new byte[4096]);
    }

    private static ProcessIdentity identity(VmRecord record) {
        var details = record.details();
        return MachineState.parse(details.getOrDefault(QemuMachine.STATE, "")).running();
    }

    private static ProcessHandle process(VmRecord record) {
        var pid = Long.parseLong(record.details().get("pid"));
        return ProcessHandle.of(pid).orElseGet(() -> gone(pid));
    }

    private static ProcessHandle gone(long pid) {
        throw new AssertionError("process " + pid + " is gone");
    }
}
