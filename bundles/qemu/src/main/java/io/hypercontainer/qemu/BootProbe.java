// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Boots a guest and looks whether its user space opens the agent's port. */
final class BootProbe {
    private static final String ID = "boot-probe";
    private static final long MEMORY = 256L << 20;

    private final Accelerator accelerator;
    private final Starter starter;
    private final Path folder;
    private final Duration patience;

    BootProbe(Accelerator accelerator, Starter starter, Path folder, Duration patience) {
        this.accelerator = accelerator;
        this.starter = starter;
        this.folder = folder;
        this.patience = patience;
    }

    Duration patience() {
        return patience;
    }

    /**
     * @return how long it took, or empty if it did not get there in time
     * @throws DriverFailure if QEMU did not even start
     */
    Optional<Duration> boot(Boot boot, KernelImages.Kernel kernel) {
        try {
            var directory = Files.createTempDirectory(Files.createDirectories(folder), ID);
            try {
                return boot(directory, boot, kernel);
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new DriverFailure("cannot boot a probe guest: " + e.getMessage(), e);
        }
    }

    private Optional<Duration> boot(Path directory, Boot boot, KernelImages.Kernel kernel) {
        var spec =
                new VmSpec(ID, directory, 1, MEMORY, boot, List.of(), List.of(), List.of(), false);
        var machine = Machine.of(spec, accelerator, kernel.file(), Room.NONE, false);
        var start = System.nanoTime();
        var guest =
                starter.start(
                        machine,
                        new Acceleration(accelerator.word(), Isolation.EMULATION, "probe"));
        try {
            var opened = guest.monitor().expect(BootProbe::agentOpened);
            guest.begin();
            guest.monitor().await(opened, "booting", patience);
            return Optional.of(Duration.ofNanos(System.nanoTime() - start));
        } catch (DeadlineExceeded _) {
            return Optional.empty();
        } catch (Conflict _) {
            var exit = guest.waitForExit(patience);
            throw new DriverFailure(exit.map(e -> e.reason()).orElse("qemu closed its monitor"));
        } finally {
            guest.kill();
        }
    }

    static boolean agentOpened(Qmp.Event event) {
        return event.name().equals("VSERPORT_CHANGE") && event.data().path("open").asBoolean();
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
