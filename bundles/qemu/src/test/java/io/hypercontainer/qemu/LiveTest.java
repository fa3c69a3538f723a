// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A driver with a state folder of its own, and a census after each test: nothing may be left. */
abstract class LiveTest {
    static final long MEMORY = 256L << 20;

    /** Machines run as users of their own, so not JUnit's folder, which only root can enter. */
    Path root;

    Path initrd;
    QemuHypervisor driver;
    private final List<VirtualMachine> machines = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        root = Files.createTempDirectory("hyper-qemu");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
        initrd = root.resolve("initrd");
        TestGuest.initrd(initrd);
        driver = new QemuHypervisor(Configuration.tcg(), root);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try {
            machines.forEach(VirtualMachine::kill);
            driver.deactivate();
            assertThat(processesBelow(root)).as("processes left").isEmpty();
            var ledger = root.resolve("qemu/machines");
            if (Files.exists(ledger)) {
                assertThat(ledger).isEmptyDirectory();
            }
            try (var files = Files.walk(root)) {
                assertThat(files.map(Path::toString).filter(f -> f.endsWith(".sock"))).isEmpty();
            }
            assertThat(
                            ProcessHandle.allProcesses()
                                    .map(p -> p.info().commandLine().orElse(""))
                                    .filter(c -> c.contains("--socket-path=" + root)))
                    .as("virtiofs daemons left")
                    .isEmpty();
            assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                    .doesNotContain(root.toString());
        } finally {
            delete(root);
        }
    }

    static List<String> processesBelow(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(p -> {
                    try {
                        var cwd =
                                Files.readSymbolicLink(
                                        Path.of("/proc", Long.toString(p.pid()), "cwd"));
                        return cwd.startsWith(folder);
                    } catch (IOException e) {
                        return false;
                    }
                })
                .map(p -> p.pid() + " " + p.info().commandLine().orElse(""))
                .toList();
    }

    VirtualMachine launch(VmSpec spec) {
        return ends(driver.launch(spec));
    }

    VirtualMachine ends(VirtualMachine machine) {
        machines.add(machine);
        return machine;
    }

    /** Waits for something that is sure to come; the test's own time limit is the bound. */
    static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        var end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** The console is a stream of its own: what the agent's port says may be faster. */
    static void awaitConsole(VirtualMachine machine, String line) throws InterruptedException {
        while (!machine.consoleTail(1000).contains(line)) {
            assertThat(machine.waitForExit(Duration.ofMillis(10))).isEmpty();
        }
    }

    VmSpec spec(String id, List<Disk> disks, List<Nic> nics, List<Share> shares, String... line) {
        try {
            return new VmSpec(
                    id,
                    Files.createDirectories(root.resolve("vm").resolve(id)),
                    1,
                    MEMORY,
                    TestGuest.boot(initrd, line),
                    disks,
                    nics,
                    shares,
                    false);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    VmSpec plain(String id, String... line) {
        return spec(id, List.of(), List.of(), List.of(), line);
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
