// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.runtime.MountSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a pod's {@code volumes} and those of its containers. One without a source is made by the
 * storage driver and named after the pod; one of format {@code vfs} is a folder of the host.
 */
final class VolumeReader {
    private static final Set<String> FORMATS = Set.of("raw", "qcow2", "vdi", "vfs", "rbd", "nas");

    /** What a volume is: a folder of the host, or one that the storage driver makes. */
    private record Volume(String name, Optional<String> folder) {}

    private final String pod;
    private final Map<String, Volume> volumes = new HashMap<>();
    private final Set<String> made = new TreeSet<>();

    VolumeReader(String podName, Section pod) {
        this.pod = podName;
        for (Section section : pod.sections("volumes")) {
            Optional<String> name = section.required("name");
            volume(section, name)
                    .filter(v -> volumes.putIfAbsent(v.name(), v) != null)
                    .ifPresent(v ->
                            section.problem(
                                    "name",
                                    "volume " + Problems.quoted(v.name()) + " is there twice"));
        }
    }

    /** {@return full names of the volumes that are used and made by the storage driver} */
    Set<String> made() {
        return Collections.unmodifiableSet(made);
    }

    List<MountSpec> of(Section container) {
        List<MountSpec> mounts = new ArrayList<>();
        Set<String> used = new HashSet<>();
        Set<String> paths = new HashSet<>();
        for (Section use : container.sections("volumes")) {
            Optional<String> path =
                    use.required("path").flatMap(p -> use.checked("path", p, Words::mountPoint));
            boolean readOnly = use.flag("readOnly").orElse(false);
            Optional<Volume> volume = used(use);
            use.end();
            if (path.isPresent() && !paths.add(path.get())) {
                use.problem("path", "two volumes are mounted on " + Problems.quoted(path.get()));
            }
            if (volume.isPresent() && !used.add(volume.get().name())) {
                use.problem(
                        "volume",
                        Problems.quoted(volume.get().name()) + " is mounted twice in a container");
            }
            if (path.isPresent() && volume.isPresent()) {
                mounts.add(mount(volume.get(), path.get(), readOnly));
            }
        }
        return mounts;
    }

    private MountSpec mount(Volume volume, String path, boolean readOnly) {
        if (volume.folder().isPresent()) {
            return new MountSpec.Bind(volume.folder().get(), path, readOnly);
        }
        String name = pod + "-" + volume.name();
        made.add(name);
        return new MountSpec.Volume(Optional.of(name), path, readOnly);
    }

    private Optional<Volume> used(Section use) {
        Optional<String> name = use.text("volume");
        Optional<Section> detail = use.section("detail");
        if (detail.isPresent()) {
            Optional<String> own = detail.get().text("name").or(() -> name);
            if (name.isPresent() && !own.equals(name)) {
                detail.get().problem("name", "is not that of the field volume");
            }
            if (own.isEmpty()) {
                use.problem("volume", "is missing");
            }
            Optional<Volume> volume = volume(detail.get(), own);
            volume.filter(v -> !v.equals(volumes.computeIfAbsent(v.name(), n -> v)))
                    .ifPresent(
                            v -> use.problem("detail", "differs from the volume of the same name"));
            return volume;
        }
        if (name.isEmpty()) {
            use.problem("volume", "is missing: name one of the pod's volumes, or give a detail");
            return Optional.empty();
        }
        Volume volume = volumes.get(name.get());
        if (volume == null) {
            use.problem("volume", "the pod has no volume " + Problems.quoted(name.get()));
        }
        return Optional.ofNullable(volume);
    }

    private Optional<Volume> volume(Section section, Optional<String> name) {
        String format = section.text("format").orElse("");
        Optional<String> source = section.text("source");
        Optional<String> fsType = section.text("fstype");
        section.text("cache", Words::cache);
        option(section, format);
        section.end();
        check(section, format, source, fsType);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        section.checked("name", name.get(), n -> Names.volume(pod + "-" + Names.volume(n)));
        return Optional.of(new Volume(name.get(), source));
    }

    private static void check(
            Section section, String format, Optional<String> source, Optional<String> fsType) {
        if (!format.isEmpty() && !FORMATS.contains(format)) {
            section.problem(
                    "format", Problems.quoted(format) + " is unknown: there are vfs and raw");
        } else if (!Set.of("", "raw", "vfs").contains(format)
                || (format.equals("raw") && source.isPresent())) {
            section.problem(
                    "format",
                    "'"
                            + format
                            + "' is not supported: a volume is made by the storage driver (leave"
                            + " source out) or is a folder of the host (format vfs)");
        } else if (source.isPresent()) {
            folder(section, source.get());
        }
        String onlyType = source.isPresent() ? "dir" : "ext4";
        if (fsType.isPresent() && !fsType.get().equals(onlyType)) {
            section.problem(
                    "fstype",
                    Problems.quoted(fsType.get())
                            + " is not supported: "
                            + (source.isPresent()
                                    ? "a folder has no file system of its own"
                                    : "the storage driver makes ext4"));
        }
    }

    private static void folder(Section section, String source) {
        if (!source.startsWith("/")) {
            section.problem("source", Problems.quoted(source) + " is not an absolute path");
        } else if (!Files.isDirectory(Path.of(source))) {
            section.problem(
                    "source", Problems.quoted(source) + " is no folder on the daemon's host");
        }
    }

    private static void option(Section section, String format) {
        section.section("option")
                .ifPresent(option -> {
                    option.text("user");
                    option.text("keyring");
                    option.words("monitors");
                    option.end();
                    if (!format.equals("rbd")) {
                        section.problem("option", "goes with format rbd only");
                    }
                });
    }
}
