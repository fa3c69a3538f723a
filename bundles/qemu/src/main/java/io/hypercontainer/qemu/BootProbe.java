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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Boots a guest and looks whether its user space opens the agent's port. */
final class BootProbe {
    static final String ID = "boot-probe";
    private static final Logger LOG = LoggerFactory.getLogger(BootProbe.class);
    private static final long MEMORY = 256L << 20;

    private final Accelerator accelerator;
    private final Starter starter;
    private final Path folder;
    private final Duration patience;
    private final Set<Path> underWay = ConcurrentHashMap.newKeySet();

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
        var directory = folder.resolve(ID + "-" + UUID.randomUUID());
        underWay.add(directory);
        try {
            Files.createDirectories(directory);
            return boot(directory, boot, kernel);
        } catch (IOException e) {
            throw new DriverFailure("cannot boot a probe guest: " + e.getMessage(), e);
        } finally {
            clearUp(directory);
            underWay.remove(directory);
        }
    }

    /** Removes what probes of an earlier daemon left. */
    void clearUp() {
        leftovers().forEach(this::clearUp);
    }

    private void clearUp(Path directory) {
        try {
            delete(directory);
        } catch (DriverFailure e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    /** {@return folders of probes that are over} */
    List<Path> leftovers() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var all = Files.list(folder)) {
            return all.filter(d -> !underWay.contains(d)).sorted().toList();
        } catch (IOException e) {
            throw new DriverFailure("cannot list " + folder + ": " + e.getMessage(), e);
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

    /** Deletes the folder of a probe. */
    void delete(Path directory) {
        try {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                try (var files = Files.newDirectoryStream(directory)) {
                    for (var file : files) {
                        Files.delete(file);
                    }
                }
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new DriverFailure("cannot delete " + directory + ": " + e.getMessage(), e);
        }
    }
}
