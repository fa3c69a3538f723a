// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.HostSize;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.runtime.Doctor;
import io.hypercontainer.api.runtime.SystemInfo;
import io.hypercontainer.api.runtime.SystemInfo.DriverInfo;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.plug.DriverSlot;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.Phase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Looks at the daemon, its drivers and its host. */
final class InfoCollector {
    private static final String HYPERVISOR = "hypervisor";

    private final String version;
    private final Path root;
    private final Plugs plugs;
    private final Index<ManagedContainer> index;
    private final MachineCosts costs;
    private final Doctor doctor;
    private final Supplier<Settings> settings;

    InfoCollector(
            String version,
            Path root,
            Plugs plugs,
            Index<ManagedContainer> index,
            MachineCosts costs,
            Doctor doctor,
            Supplier<Settings> settings) {
        this.version = version;
        this.root = root;
        this.plugs = plugs;
        this.index = index;
        this.costs = costs;
        this.doctor = doctor;
        this.settings = settings;
    }

    List<DriverInfo> drivers() {
        List<DriverInfo> drivers = new ArrayList<>();
        drivers.addAll(drivers(HYPERVISOR, plugs.hypervisors(), settings.get().hypervisor()));
        drivers.addAll(drivers("storage", plugs.storage(), settings.get().storage()));
        drivers.addAll(drivers("network", plugs.networks(), networkDriver()));
        return drivers;
    }

    SystemInfo collect() {
        List<DriverInfo> drivers = drivers();
        HostSize host = host(drivers);
        int running = (int) index.all().stream().filter(ManagedContainer::isRunning).count();
        return new SystemInfo(
                version,
                root.toString(),
                running,
                (int) index.all().stream().filter(InfoCollector::isStopped).count(),
                plugs.images().all().stream()
                        .findFirst()
                        .map(images -> images.service().list().size())
                        .orElse(0),
                host.cpus(),
                host.memoryBytes(),
                HostFacts.kernel(),
                HostFacts.operatingSystem(),
                HostFacts.ownMemoryBytes(),
                costs.memoryBytes(),
                drivers,
                doctor.examine().stream().map(f -> f.subject() + ": " + f.problem()).toList());
    }

    /** As the hypervisor sees it whose machines containers get. */
    private HostSize host(List<DriverInfo> drivers) {
        return drivers.stream()
                .filter(d -> d.kind().equals(HYPERVISOR) && d.standard())
                .flatMap(d -> plugs.hypervisors().serving(d.name()).stream())
                .map(d -> HostFacts.size(d.service()))
                .findFirst()
                .orElseGet(HostFacts::size);
    }

    private static boolean isStopped(ManagedContainer container) {
        return container.record().phase() instanceof Phase.Created
                || container.record().phase() instanceof Phase.Restarting
                || container.record().phase() instanceof Phase.Exited;
    }

    /** The driver that has the network which the configuration names. */
    private String networkDriver() {
        String network = settings.get().network();
        return plugs.networks().slot().all().stream()
                .map(Plugged::service)
                .filter(d -> d.networks().stream().anyMatch(n -> n.name().equals(network)))
                .map(Driver::name)
                .findFirst()
                .orElse("");
    }

    private <D extends Driver> List<DriverInfo> drivers(
            String kind, DriverSlot<D> slot, String configured) {
        List<DriverInfo> infos = new ArrayList<>();
        Optional<String> standard = Optional.of(configured).filter(name -> !name.isEmpty());
        for (Plugged<D> plugged : slot.slot().all()) {
            D driver = plugged.service();
            Probe probe = probe(driver);
            if (standard.isEmpty() && probe.usable()) {
                standard = Optional.of(driver.name());
            }
            List<String> reasons = new ArrayList<>(probe.reasons());
            Map<String, String> facts = new LinkedHashMap<>(probe.facts());
            if (driver instanceof Hypervisor hypervisor) {
                facts.put(
                        "capabilities",
                        hypervisor.capabilities().stream()
                                .sorted()
                                .map(Object::toString)
                                .collect(Collectors.joining(" ")));
                if (probe.usable()) {
                    describe(hypervisor, facts, reasons);
                }
            }
            infos.add(
                    new DriverInfo(
                            kind,
                            driver.name(),
                            plugged.bundle(),
                            probe.usable(),
                            standard.flatMap(slot::serving).filter(plugged::equals).isPresent(),
                            reasons,
                            facts));
        }
        return infos;
    }

    private static Probe probe(Driver driver) {
        try {
            return driver.probe();
        } catch (HyperException e) {
            return Probe.unusable(String.valueOf(e.getMessage()));
        }
    }

    private void describe(Hypervisor hypervisor, Map<String, String> facts, List<String> reasons) {
        try {
            Acceleration acceleration = hypervisor.acceleration(settings.get().boot());
            facts.put("accelerator", acceleration.name());
            facts.put("isolation", acceleration.isolation().toString());
            reasons.add(acceleration.reason());
        } catch (HyperException e) {
            reasons.add(String.valueOf(e.getMessage()));
        }
    }
}
