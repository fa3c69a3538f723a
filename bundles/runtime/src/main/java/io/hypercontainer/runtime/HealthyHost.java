// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.runtime.Finding;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.plug.DriverSlot;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.PodRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** What containers need of their host. */
final class HealthyHost {
    private static final String DAEMON = "daemon";
    private static final String FILE = "file";
    private static final long MIB = 1 << 20;

    /** Below this a container may not start any more. */
    private static final long LITTLE = 64 * MIB;

    private final Path root;
    private final Plugs plugs;
    private final Index<ManagedPod> pods;
    private final Index<ManagedContainer> containers;
    private final Supplier<Settings> settings;

    HealthyHost(
            Path root,
            Plugs plugs,
            Index<ManagedPod> pods,
            Index<ManagedContainer> containers,
            Supplier<Settings> settings) {
        this.root = root;
        this.plugs = plugs;
        this.pods = pods;
        this.containers = containers;
        this.settings = settings;
    }

    List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        disk(all);
        Settings now = settings.get();
        boots(now.boot().kernel(), "kernel", all);
        boots(now.boot().initrd(), "initrd", all);
        drivers("hypervisor", plugs.hypervisors(), now.hypervisor(), m -> m.hypervisor(), all);
        drivers("storage", plugs.storage(), now.storage(), m -> m.storage(), all);
        drivers("network", plugs.networks(), "", m -> m.networkDriver(), all);
        if (plugs.images().all().isEmpty()) {
            all.add(wrong(DAEMON, "image store", "it is missing: start its bundle"));
        }
        if (plugs.agents().all().isEmpty()) {
            all.add(wrong(DAEMON, "guest agent connector", "it is missing: start its bundle"));
        }
        for (ManagedContainer container : containers.all()) {
            container
                    .log()
                    .problem()
                    .ifPresent(p ->
                            all.add(wrong(DAEMON, "container " + container.record().shortId(), p)));
        }
        return all;
    }

    private void disk(List<Finding> all) {
        try {
            long left = Files.getFileStore(root).getUsableSpace();
            if (left < LITTLE) {
                all.add(
                        wrong(
                                FILE,
                                root.toString(),
                                "the disk under it has only "
                                        + left / MIB
                                        + " MiB left: remove unused images, containers or"
                                        + " volumes"));
            }
        } catch (IOException e) {
            all.add(wrong(FILE, root.toString(), "it cannot be looked at: " + e));
        }
    }

    private static void boots(Path file, String what, List<Finding> all) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            all.add(
                    wrong(
                            FILE,
                            file.toString(),
                            "the guests' "
                                    + what
                                    + " is missing or cannot be read: set '"
                                    + what
                                    + "' of hyper.runtime, or install the daemon again"));
        }
    }

    /** A driver that cannot work is something wrong only if somebody needs it. */
    private <D extends Driver> void drivers(
            String kind,
            DriverSlot<D> slot,
            String configured,
            Function<PodRecord.Machine, String> used,
            List<Finding> all) {
        boolean works = false;
        List<Finding> broken = new ArrayList<>();
        List<Finding> needed = new ArrayList<>();
        for (Plugged<D> plugged : slot.slot().all()) {
            D driver = plugged.service();
            Probe probe = probe(driver);
            works |= probe.usable();
            if (!probe.usable()) {
                Finding finding =
                        wrong(
                                DAEMON,
                                kind + " driver " + driver.name(),
                                "it cannot work here: " + String.join("; ", probe.reasons()));
                broken.add(finding);
                if (driver.name().equals(configured) || isUsed(plugged, slot, used)) {
                    needed.add(finding);
                }
            }
        }
        all.addAll(works ? needed : broken);
        if (!works) {
            all.add(
                    wrong(
                            DAEMON,
                            kind + " driver",
                            "none can work here: containers cannot be started"));
        }
    }

    private <D extends Driver> boolean isUsed(
            Plugged<D> driver, DriverSlot<D> slot, Function<PodRecord.Machine, String> used) {
        return pods.all().stream()
                .map(pod -> used.apply(pod.record().machine()))
                .anyMatch(name -> slot.serving(name).filter(driver::equals).isPresent());
    }

    private static Probe probe(Driver driver) {
        try {
            return driver.probe();
        } catch (HyperException e) {
            return Probe.unusable(String.valueOf(e.getMessage()));
        }
    }

    private static Finding wrong(String kind, String subject, String problem) {
        return new Finding(kind, subject, problem, false);
    }
}
