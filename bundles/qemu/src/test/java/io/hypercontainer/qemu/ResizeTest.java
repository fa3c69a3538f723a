// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Share;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResizeTest extends LiveTest {
    private static final long MIB = 1 << 20;

    @BeforeEach
    void roomForThreeCpus() {
        driver.deactivate();
        driver =
                new QemuHypervisor(
                        Configuration.with(Map.of("accelerator", "tcg", "hotplug_cpus", 3)), root);
    }

    @Test
    void memoryGrowsAndShrinksInWhatTheGuestSees() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            var boot = total(shell);

            machine.setMemory(MEMORY + 384 * MIB);
            assertThat(total(shell) - boot).isBetween(370 * MIB, 384 * MIB);
            use(shell, 400);
            // Added memory that is used is as good as the other.
            assertThat(shell.run("sha256sum < /use/file")).startsWith(zeros(400));
            shell.run("rm /use/file");

            machine.setMemory(MEMORY + 101 * MIB);
            assertThat(total(shell) - boot).isBetween(90 * MIB, 101 * MIB);
            machine.setMemory(MEMORY);
            assertThat(total(shell)).isEqualTo(boot);
            machine.setMemory(MEMORY - 100 * MIB);
            assertThat(total(shell)).isEqualTo(boot - 100 * MIB);
            machine.setMemory(MEMORY + 64 * MIB);
            assertThat(total(shell) - boot).isBetween(50 * MIB, 64 * MIB);
        }
    }

    @Test
    void memoryInUseStaysTheGuests() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            machine.setMemory(MEMORY + 256 * MIB);
            var grown = total(shell);
            use(shell, 300);

            assertThatThrownBy(() -> machine.setMemory(MEMORY))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("uses too much");

            assertThat(total(shell)).isEqualTo(grown);
            assertThat(shell.run("sha256sum < /use/file")).startsWith(zeros(300));
        }
    }

    @Test
    void whatThereIsNoRoomForIsRefused() throws Exception {
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            var boot = total(shell);
            assertThatThrownBy(() -> machine.setMemory(1L << 50))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("at most");
            assertThatThrownBy(() -> machine.setMemory(MIB)).isInstanceOf(InvalidSpec.class);
            assertThatThrownBy(() -> machine.setMemory(MEMORY + 1)).isInstanceOf(InvalidSpec.class);
            assertThatThrownBy(() -> machine.setMemory(40 * MIB)).isInstanceOf(Conflict.class);
            assertThatThrownBy(() -> machine.setCpus(0)).isInstanceOf(InvalidSpec.class);
            assertThatThrownBy(() -> machine.setCpus(500)).isInstanceOf(Conflict.class);
            machine.pause();
            assertThatThrownBy(() -> machine.setMemory(2 * MEMORY)).isInstanceOf(Conflict.class);
            machine.resume();
            assertThat(total(shell)).isEqualTo(boot);
            assertThat(shell.run("nproc")).isEqualTo("1|");
        }
    }

    @Test
    void sizesOutliveTheDriver() throws Exception {
        var first = launch(plain("one"));
        try (var shell = GuestShell.of(first)) {
            var boot = total(shell);
            first.setMemory(MEMORY + 64 * MIB);
            driver.deactivate();
            driver = new QemuHypervisor(Configuration.tcg(), root);
            var second = ends(driver.adopt(first.record()).orElseThrow());

            second.setMemory(MEMORY + 128 * MIB);

            assertThat(total(shell) - boot).isBetween(120 * MIB, 128 * MIB);
            second.setMemory(MEMORY);
            assertThat(total(shell)).isEqualTo(boot);
        }
    }

    @Test
    void cpusComeAndWithKvmGo() throws Exception {
        var cpus = Math.min(3, Runtime.getRuntime().availableProcessors());
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            assertThat(shell.run("nproc")).isEqualTo("1|");

            machine.setCpus(cpus);
            shell.run(
                    "online() { echo 1 | tee /sys/devices/system/cpu/cpu*/online; nproc; };"
                            + " all() { online | grep -x "
                            + cpus
                            + "; }; await all");
            assertThat(shell.run("nproc")).isEqualTo(cpus + "|");

            assertThatThrownBy(() -> machine.setCpus(1))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("emulated");
            assertThat(shell.run("nproc")).isEqualTo(cpus + "|");
            // Nothing is added afterwards, so that it can be tried here.
            new GuestCpus(((QemuMachine) machine).monitor(), true).set(1);
            assertThat(shell.run("nproc")).isEqualTo("1|");
        }
    }

    /** The virtiofs daemon was started before the memory was there, and must find it. */
    @Test
    void sharesWorkInAddedMemory() throws Exception {
        if (!Host.isRoot()) {
            return;
        }
        var folder = Files.createDirectory(root.resolve("shared"));
        var share = new Share("s", folder, false);
        var machine = launch(spec("one", List.of(), List.of(), List.of(share)));
        try (var shell = GuestShell.of(machine)) {
            shell.run("mkdir /s; mount -t virtiofs s /s");
            machine.setMemory(MEMORY + 512 * MIB);
            use(shell, 350);

            // Read into the page cache, most of which must lie in the added memory now.
            assertThat(shell.run("dd if=/dev/zero of=/s/f bs=1M count=100 2>/dev/null; echo $?"))
                    .isEqualTo("0|");
            assertThat(shell.run("echo 3 >/proc/sys/vm/drop_caches; sha256sum < /s/f"))
                    .startsWith(zeros(100));
        }
        assertThat(Files.size(folder.resolve("f"))).isEqualTo(100 * MIB);
    }

    private static long total(GuestShell shell) throws IOException {
        return Long.parseLong(
                        shell.run("awk '/MemTotal/ {printf $2}' /proc/meminfo")
                                .strip()
                                .replace("|", ""))
                << 10;
    }

    private static void use(GuestShell shell, int mib) throws IOException {
        assertThat(
                        shell.run(
                                "mkdir -p /use; mount -t tmpfs -o size=90% use /use;"
                                        + " dd if=/dev/zero of=/use/file bs=1M count="
                                        + mib
                                        + " 2>/dev/null; echo $?"))
                .isEqualTo("0|");
    }

    private static String zeros(int mib) throws Exception {
        var digest = java.security.MessageDigest.getInstance("SHA-256");
        var block = new byte[(int) MIB];
        for (var i = 0; i < mib; i++) {
            digest.update(block);
        }
        return java.util.HexFormat.of().formatHex(digest.digest());
    }
}
