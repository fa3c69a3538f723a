// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.Doctor;
import io.hypercontainer.api.runtime.Drivers;
import io.hypercontainer.api.runtime.Events;
import io.hypercontainer.api.runtime.Finding;
import io.hypercontainer.api.runtime.Pods;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.runtime.SystemInfo;
import io.hypercontainer.api.runtime.SystemInfo.DriverInfo;
import io.hypercontainer.api.runtime.VolumeInfo;
import io.hypercontainer.api.runtime.Volumes;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The facade in memory. */
final class FakeRuntime implements Runtime {
    final FakeContainers containers = new FakeContainers();
    final FakeEvents events = new FakeEvents();
    final FakePods pods = new FakePods(containers);
    final FakeVolumes volumes = new FakeVolumes();
    final FakeDrivers drivers = new FakeDrivers();
    final FakeDoctor doctor = new FakeDoctor();
    final FakeTemplates templates = new FakeTemplates();

    @Override
    public Containers containers() {
        return containers;
    }

    @Override
    public Pods pods() {
        return pods;
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public Doctor doctor() {
        return doctor;
    }

    @Override
    public Volumes volumes() {
        return volumes;
    }

    @Override
    public FakeTemplates templates() {
        return templates;
    }

    @Override
    public Drivers drivers() {
        return drivers;
    }

    @Override
    public SystemInfo info() {
        return new SystemInfo(
                "0.1.0",
                "/var/lib/hyper",
                1,
                2,
                3,
                4,
                8L << 30,
                "6.1.0",
                "Debian GNU/Linux 12",
                100 << 20,
                50 << 20,
                List.of(
                        new DriverInfo(
                                "hypervisor",
                                "qemu",
                                "io.hypercontainer.qemu 0.1.0",
                                true,
                                true,
                                List.of(),
                                Map.of("isolation", "emulation")),
                        new DriverInfo(
                                "storage",
                                "overlay",
                                "io.hypercontainer.storage.overlay 0.1.0",
                                false,
                                false,
                                List.of("no space"),
                                Map.of()),
                        new DriverInfo(
                                "network",
                                "user",
                                "io.hypercontainer.network.user 0.1.0",
                                true,
                                true,
                                List.of(),
                                Map.of())),
                List.of("container 0123 is damaged"));
    }

    /** Finds what it was told. */
    static final class FakeDoctor implements Doctor {
        final List<Finding> findings = new ArrayList<>();

        @Override
        public List<Finding> examine() {
            return List.copyOf(findings);
        }

        @Override
        public List<Finding> collect() {
            List<Finding> garbage = findings.stream().filter(Finding::garbage).toList();
            findings.removeAll(garbage);
            return garbage;
        }
    }

    /** Volumes in memory. */
    static final class FakeVolumes implements Volumes {
        final List<String> names = new ArrayList<>();
        final Map<String, Map<String, String>> labels = new HashMap<>();
        final List<VolumeSpec> made = new ArrayList<>();

        @Override
        public List<VolumeInfo> list() {
            return names.stream().sorted().map(this::volume).toList();
        }

        @Override
        public VolumeInfo get(String name) {
            if (!names.contains(name)) {
                throw new NotFound("there is no volume '" + name + "'");
            }
            return volume(name);
        }

        @Override
        public VolumeInfo create(VolumeSpec spec, Optional<String> driver) {
            made.add(spec);
            String name = spec.name().isEmpty() ? "f".repeat(64) : spec.name();
            names.add(name);
            labels.put(name, spec.labels());
            return volume(name);
        }

        @Override
        public void remove(String name) {
            if (name.equals("data")) {
                throw new Conflict("volume 'data' is used by a container");
            }
            if (!names.remove(name)) {
                throw new NotFound("there is no volume '" + name + "'");
            }
        }

        private VolumeInfo volume(String name) {
            Path file = Path.of("/var/lib/hyper/overlay/volumes", name);
            Volume volume =
                    new Volume(
                            name,
                            new Root.FileSystem(file, 1 << 30, "ext4"),
                            Samples.THEN,
                            labels.getOrDefault(name, Map.of()));
            List<String> users = name.equals("data") ? List.of("c".repeat(64)) : List.of();
            return new VolumeInfo(volume, "overlay", users);
        }
    }
}
