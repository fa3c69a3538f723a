// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.hypervisor.VmState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LifecycleTest extends LiveTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void aGuestBootsAnswersPrintsAndPowersOff() throws Exception {
        var machine = launch(plain("one"));

        try (var shell = GuestShell.of(machine)) {
            assertThat(shell.run("echo hello")).isEqualTo("hello|");
            assertThat(machine.state()).isEqualTo(VmState.RUNNING);
            awaitConsole(machine, "test guest is up");
            assertThat(machine.consoleTail(1)).containsExactly("test guest is up");
            assertThat(machine.record().consoleLog()).content().contains("test guest is up");
            assertThat(machine.record().acceleration().isolation()).isEqualTo(Isolation.EMULATION);
            var stats = machine.stats();
            assertThat(stats.cpuTime()).isPositive();
            assertThat(stats.memoryBytes()).isBetween(50L << 20, 400L << 20);
            assertThat(machine.waitForExit(Duration.ZERO)).isEmpty();

            shell.send("poweroff -f");
            var exit = machine.waitForExit(LONG).orElseThrow();

            assertThat(exit.orderly()).isTrue();
            assertThat(exit.reason()).isEqualTo("the guest powered itself off");
        }
        assertThat(machine.state()).isEqualTo(VmState.ENDED);
        assertThatThrownBy(machine::pause).isInstanceOf(Conflict.class).hasMessageContaining("one");
        assertThatThrownBy(machine::stats).isInstanceOf(Conflict.class);
        machine.kill();
    }

    @Test
    void pausedCpusStandStillAndGoOn() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            shell.run("true");

            machine.pause();

            assertThat(machine.state()).isEqualTo(VmState.PAUSED);
            shell.send("echo late");
            assertThatThrownBy(() -> machine.removeDisk("x"))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("paused");
            machine.pause();
            machine.resume();
            assertThat(machine.state()).isEqualTo(VmState.RUNNING);
            assertThat(shell.run("echo later")).isEqualTo("late|");
        }
    }

    @Test
    void aCrashOfQemuIsNoticed() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            shell.run("true");
        }
        awaitConsole(machine, "test guest is up");
        var process = ProcessHandle.of(Long.parseLong(machine.record().details().get("pid")));

        process.orElseThrow().destroyForcibly();
        var exit = machine.waitForExit(LONG).orElseThrow();

        assertThat(exit.orderly()).isFalse();
        assertThat(exit.reason()).contains("signal 9").contains("test guest is up");
    }

    @Test
    void aPanicShowsTheEndOfTheConsole() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            shell.send("echo c > /proc/sysrq-trigger");
            var exit = machine.waitForExit(LONG).orElseThrow();

            assertThat(exit.orderly()).isFalse();
            assertThat(exit.reason())
                    .contains("gave up: Kernel panic - not syncing: sysrq triggered crash");
        }
    }

    @Test
    void aPanicBeforeUserSpaceShowsOnTheConsole() {
        var machine = launch(plain("one", "rdinit=/nothing", "root=/dev/nothing"));

        var exit = machine.waitForExit(LONG).orElseThrow();

        assertThat(exit.orderly()).isFalse();
        assertThat(exit.reason()).contains("gave up: Kernel panic - not syncing: VFS");
    }

    @Test
    void aRestartingGuestHasEnded() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            shell.send("reboot -f");
            var exit = machine.waitForExit(LONG).orElseThrow();

            assertThat(exit.orderly()).isFalse();
            assertThat(exit.reason()).contains("restarted itself");
        }
    }

    @Test
    void killEndsTheMachineAtOnce() {
        var machine = launch(plain("one"));

        machine.kill();

        assertThat(machine.state()).isEqualTo(VmState.ENDED);
        assertThat(machine.waitForExit(Duration.ZERO).orElseThrow().reason())
                .isEqualTo("it was killed");
        machine.kill();
    }

    @Test
    void theConsoleFileIsBoundedAndKeepsTheEnd() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            shell.run("dd if=/dev/zero bs=64k count=12 2>/dev/null | tr '\\0' x > /dev/console");
            shell.run("(echo; echo the end) > /dev/console");
            shell.send("poweroff -f");
            assertThat(machine.waitForExit(LONG)).isPresent();
        }

        var log = machine.record().consoleLog();
        assertThat(log.toFile().length()).isLessThanOrEqualTo(256 << 10);
        assertThat(log.resolveSibling("console.log.1").toFile().length())
                .isLessThanOrEqualTo(256 << 10);
        assertThat(ConsoleLog.tail(log, 1000)).contains("the end");
    }

    @Test
    void whatQemuSaysAboutItsEndIsInTheError() {
        var broken =
                new QemuHypervisor(
                        Configuration.with(
                                Map.of("accelerator", "tcg", "executable", "/usr/bin/false")),
                        root);
        assertThatThrownBy(() -> broken.launch(plain("one")))
                .isInstanceOf(DriverFailure.class)
                .hasMessageContaining("ended at once with status 1");
        // A network that QEMU itself refuses.
        var user =
                new NicBackend.UserMode(
                        "10.0.2.0/33", "10.0.2.2", "10.0.2.3", "10.0.2.15", List.of());
        var nic = new Nic("n0", "52:54:00:00:00:01", 0, user);
        assertThatThrownBy(() -> launch(spec("two", List.of(), List.of(nic), List.of())))
                .isInstanceOf(DriverFailure.class)
                .hasMessageContaining("two")
                .hasMessageContaining("10.0.2.0/33");
    }

    @Test
    void whatCannotBeGivenIsRefusedInWords() {
        var spec = plain("one");
        var odd =
                new VmSpec(
                        "one",
                        spec.directory(),
                        1,
                        1000,
                        spec.boot(),
                        List.of(),
                        List.of(),
                        List.of(),
                        false);
        assertThatThrownBy(() -> driver.launch(odd))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("1 MiB");
        var hardware =
                new VmSpec(
                        "one",
                        spec.directory(),
                        1,
                        MEMORY,
                        spec.boot(),
                        List.of(),
                        List.of(),
                        List.of(),
                        true);
        assertThatThrownBy(() -> driver.launch(hardware))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("hardware isolation")
                .hasMessageContaining("accelerator=tcg");
        var tap = new Nic("n0", "52:54:00:00:00:01", 0, new NicBackend.Tap("tap0"));
        assertThatThrownBy(() -> driver.launch(spec("one", List.of(), List.of(tap), List.of())))
                .isInstanceOf(Unsupported.class);
    }

    @Test
    void twoMachinesOfOneNameAreRefused() {
        var first = launch(plain("one"));

        assertThatThrownBy(() -> driver.launch(plain("one"))).isInstanceOf(Conflict.class);

        assertThat(first.state()).isEqualTo(VmState.RUNNING);
    }
}
