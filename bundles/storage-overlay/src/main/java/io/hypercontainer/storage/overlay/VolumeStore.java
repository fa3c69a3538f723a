// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.storage.Root.FileSystem;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.storage.host.DiskErrors;
import io.hypercontainer.storage.host.KeyLocks;
import io.hypercontainer.storage.host.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes: a folder each, with one disk and, if it has labels, a record of them. The name is the
 * folder's, the size the disk's, and the folder's time is when it was made, since nothing in it is
 * ever added or removed.
 */
final class VolumeStore {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeStore.class);
    private static final String DISK = "disk.ext4";
    private static final String RECORD = "volume.json";

    private final Workspace workspace;
    private final DiskFactory disks;
    private final KeyLocks changes = new KeyLocks();

    VolumeStore(Workspace workspace, DiskFactory disks) {
        this.workspace = workspace;
        this.disks = disks;
    }

    Volume create(String name, long sizeBytes, Map<String, String> labels) {
        Path folder = workspace.volumes().resolve(Names.check("volume", name));
        String what = "make volume " + name;
        return changes.exclusively(
                name,
                what,
                () -> {
                    if (Files.exists(folder)) {
                        throw new Conflict("there is a volume " + name + " already");
                    }
                    workspace.make(
                            what,
                            workspace.volumes(),
                            name,
                            made -> {
                                Workspace.makeFolder(made);
                                disks.make(made.resolve(DISK), sizeBytes);
                                if (!labels.isEmpty()) {
                                    VolumeRecord.of(labels).write(made.resolve(RECORD));
                                }
                            });
                    return describeIfPresent(folder)
                            .orElseThrow(() -> new NotFound("volume " + name + " is gone again"));
                });
    }

    Optional<Volume> find(String name) {
        return Names.isValid(name)
                ? describeIfPresent(workspace.volumes().resolve(name))
                : Optional.empty();
    }

    List<Volume> list() {
        return folders().stream()
                .map(this::describeIfPresent)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(Volume::name))
                .toList();
    }

    private List<Path> folders() {
        try {
            return Workspace.list(workspace.volumes());
        } catch (IOException e) {
            throw DiskErrors.of("cannot list volumes", e, workspace.volumes());
        }
    }

    /** What lies among the volumes and is none. */
    List<Path> broken() {
        return folders().stream()
                .filter(folder -> !Files.isRegularFile(folder.resolve(DISK)))
                .filter(folder -> Files.exists(folder, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    void remove(String name) {
        Names.check("volume", name);
        String what = "remove volume " + name;
        changes.exclusively(name, what, () -> workspace.remove(what, workspace.volumes(), name));
    }

    /** Damaged labels cost nobody the volume. */
    private static Map<String, String> labels(Path folder) {
        Path record = folder.resolve(RECORD);
        try {
            return Files.exists(record) ? VolumeRecord.read(record).labels() : Map.of();
        } catch (IOException e) {
            LOG.warn("the labels of volume {} are lost: {}", folder.getFileName(), e.getMessage());
            return Map.of();
        }
    }

    /** A volume may be removed while all are listed. */
    private Optional<Volume> describeIfPresent(Path folder) {
        try {
            Path disk = folder.resolve(DISK);
            if (!Files.isRegularFile(disk)) {
                return Optional.empty();
            }
            return Optional.of(
                    new Volume(
                            folder.getFileName().toString(),
                            new FileSystem(disk, Files.size(disk), "ext4"),
                            Files.getLastModifiedTime(folder).toInstant(),
                            labels(folder)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw DiskErrors.of("cannot look at volume " + folder, e, workspace.volumes());
        }
    }
}
