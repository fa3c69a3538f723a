// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.Root.BlockLayers;
import io.hypercontainer.api.storage.Root.FileSystem;
import io.hypercontainer.storage.host.DiskErrors;
import io.hypercontainer.storage.host.KeyLocks;
import io.hypercontainer.storage.host.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers' root file systems: a folder each, with a record of the layers and, unless it is
 * read-only, the disk that takes the changes.
 */
final class RootStore {
    private static final Logger LOG = LoggerFactory.getLogger(RootStore.class);
    private static final String RECORD = "root.json";
    private static final String DISK = "disk.ext4";

    private final Workspace workspace;
    private final LayerStore layers;
    private final DiskFactory disks;
    private final KeyLocks changes = new KeyLocks();
    private final Map<String, RootRecord> records = new ConcurrentHashMap<>();

    RootStore(Workspace workspace, LayerStore layers, DiskFactory disks) {
        this.workspace = workspace;
        this.layers = layers;
        this.disks = disks;
    }

    /** Reads what is there; a damaged record is set aside and does not stop the others. */
    void load() throws IOException {
        for (Path folder : Workspace.list(workspace.roots())) {
            try {
                RootRecord record = RootRecord.read(folder.resolve(RECORD));
                layers.hold(record.layers());
                records.put(folder.getFileName().toString(), record);
            } catch (IOException e) {
                LOG.warn("root file system {} cannot be used: {}", folder, e.toString());
                setAside(folder);
            }
        }
    }

    private void setAside(Path folder) {
        try {
            LOG.warn("{} is now {}", folder, workspace.setAside(folder));
        } catch (IOException e) {
            LOG.warn("{} cannot be set aside", folder, e);
        }
    }

    /** The folder of a container's root file system. */
    Path folder(String container) {
        return workspace.roots().resolve(container);
    }

    Root prepare(String container, List<String> diffIds, boolean readOnly, long sizeBytes) {
        Names.check("container", container);
        String what = "make a root file system for container " + container;
        return changes.exclusively(
                container,
                what,
                () -> {
                    if (records.containsKey(container)) {
                        throw new Conflict(
                                "container " + container + " has a root file system already");
                    }
                    layers.holdPresent(diffIds);
                    var record = RootRecord.of(diffIds);
                    try {
                        workspace.make(
                                what,
                                workspace.roots(),
                                container,
                                folder -> make(folder, record, readOnly, sizeBytes));
                        records.put(container, record);
                    } finally {
                        if (!records.containsKey(container)) {
                            layers.release(diffIds);
                        }
                    }
                    return describe(container, record);
                });
    }

    private void make(Path folder, RootRecord record, boolean readOnly, long sizeBytes)
            throws IOException {
        Workspace.makeFolder(folder);
        if (!readOnly) {
            disks.make(folder.resolve(DISK), sizeBytes);
        }
        record.write(folder.resolve(RECORD));
    }

    Optional<Root> find(String container) {
        return Optional.ofNullable(records.get(container))
                .map(record -> describe(container, record));
    }

    void release(String container) {
        Names.check("container", container);
        String what = "release the root file system of container " + container;
        changes.exclusively(
                container,
                what,
                () -> {
                    workspace.remove(what, workspace.roots(), container);
                    RootRecord record = records.remove(container);
                    if (record != null) {
                        layers.release(record.layers());
                    }
                });
    }

    Set<String> containers() {
        return new TreeSet<>(records.keySet());
    }

    private Root describe(String container, RootRecord record) {
        Path disk = workspace.roots().resolve(container).resolve(DISK);
        return new BlockLayers(
                record.layers().stream().map(layers::fileSystem).toList(),
                Files.exists(disk) ? Optional.of(fileSystem(disk)) : Optional.empty());
    }

    private FileSystem fileSystem(Path disk) {
        try {
            return new FileSystem(disk, Files.size(disk), "ext4");
        } catch (IOException e) {
            throw DiskErrors.of("cannot look at " + disk, e, workspace.roots());
        }
    }
}
