// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.api.storage.StorageUsage;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A storage driver that only remembers what was asked of it. */
public final class LocalStorage implements StorageDriver {
    /** Size of a layer, by its place. */
    public static final long LAYER = 8192;

    private final Map<String, Root> roots = new ConcurrentHashMap<>();
    private final Map<String, Volume> volumes = new ConcurrentHashMap<>();

    /** Whether a root file system is one disk. */
    public volatile boolean single;

    /** The next root file system fails with this. */
    public volatile @Nullable RuntimeException failure;

    @Override
    public String name() {
        return "local";
    }

    @Override
    public Probe probe() {
        return Probe.usable(Map.of());
    }

    @Override
    public Set<RootForm> forms() {
        return Set.of(single ? RootForm.SINGLE_DISK : RootForm.BLOCK_LAYERS);
    }

    @Override
    public boolean hasLayer(Layer layer) {
        return true;
    }

    @Override
    public void importLayer(Layer layer, InputStream tar, Runnable verified) {
        verified.run();
    }

    @Override
    public void removeLayer(Layer layer) {}

    @Override
    public Root prepareRoot(RootSpec spec) {
        RuntimeException planned = failure;
        if (planned != null) {
            throw planned;
        }
        List<Root.FileSystem> layers =
                spec.layers().stream()
                        .map(l -> new Root.FileSystem(Path.of("/layers", l), LAYER, "erofs"))
                        .toList();
        Root.FileSystem disk = file("/roots/" + spec.container());
        Root root =
                single
                        ? new Root.SingleDisk(disk, "/")
                        : new Root.BlockLayers(
                                layers, spec.readOnly() ? Optional.empty() : Optional.of(disk));
        roots.put(spec.container(), root);
        return root;
    }

    private static Root.FileSystem file(String path) {
        return new Root.FileSystem(Path.of(path), 4096, "ext4");
    }

    @Override
    public Optional<Root> root(String container) {
        return Optional.ofNullable(roots.get(container));
    }

    @Override
    public void releaseRoot(String container) {
        roots.remove(container);
    }

    @Override
    public Set<String> roots() {
        return Set.copyOf(roots.keySet());
    }

    @Override
    public Volume createVolume(VolumeSpec spec) {
        Volume volume =
                new Volume(
                        spec.name(), file("/volumes/" + spec.name()), Instant.now(), spec.labels());
        if (volumes.putIfAbsent(spec.name(), volume) != null) {
            throw new Conflict("there is a volume '" + spec.name() + "'");
        }
        return volume;
    }

    @Override
    public List<Volume> volumes() {
        return List.copyOf(volumes.values());
    }

    @Override
    public void removeVolume(String name) {
        volumes.remove(name);
    }

    @Override
    public StorageUsage usage() {
        return new StorageUsage(0, 0, 0);
    }
}
