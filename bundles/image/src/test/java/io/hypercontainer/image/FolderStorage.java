// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.api.storage.StorageUsage;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.image.archive.TarListing;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A storage driver that keeps each layer's list of files in a file. It has layers only. */
final class FolderStorage implements StorageDriver {
    private final Path folder;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();
    final List<String> imported = new CopyOnWriteArrayList<>();
    final Set<String> inUse = ConcurrentHashMap.newKeySet();

    FolderStorage(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    @Override
    public String name() {
        return "folder";
    }

    @Override
    public Probe probe() {
        return Probe.usable(Map.of());
    }

    @Override
    public boolean hasLayer(Layer layer) {
        return Files.exists(file(layer));
    }

    private Path file(Layer layer) {
        return folder.resolve(layer.diffId().replace(':', '-'));
    }

    @Override
    public void importLayer(Layer layer, InputStream tar, Runnable verified) {
        for (String parent : layer.parents()) {
            if (!hasLayer(new Layer(parent, List.of()))) {
                throw new IllegalStateException("parent " + parent + " is missing");
            }
        }
        synchronized (locks.computeIfAbsent(layer.diffId(), id -> new Object())) {
            if (hasLayer(layer)) {
                return;
            }
            try (InputStream in = new BufferedInputStream(new NotClosed(tar), 1 << 16)) {
                List<String> names = TarListing.names(in);
                in.transferTo(OutputStream.nullOutputStream());
                verified.run();
                Files.write(file(layer), names);
                imported.add(layer.diffId());
            } catch (IOException e) {
                throw new Unavailable("cannot import " + layer.diffId(), e);
            }
        }
    }

    private static final class NotClosed extends FilterInputStream {
        NotClosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    List<String> files(String diffId) throws IOException {
        return Files.readAllLines(file(new Layer(diffId, List.of())));
    }

    @Override
    public Set<String> layers() {
        try (var all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString().replace('-', ':'))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new Unavailable("cannot list " + folder, e);
        }
    }

    @Override
    public void removeLayer(Layer layer) {
        if (inUse.contains(layer.diffId())) {
            throw new Conflict("layer " + layer.diffId() + " is in use");
        }
        try {
            Files.deleteIfExists(file(layer));
        } catch (IOException e) {
            throw new Unavailable("cannot remove " + layer.diffId(), e);
        }
    }

    @Override
    public Set<RootForm> forms() {
        return Set.of();
    }

    @Override
    public Root prepareRoot(RootSpec spec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Root> root(String container) {
        return Optional.empty();
    }

    @Override
    public void releaseRoot(String container) {}

    @Override
    public Set<String> roots() {
        return Set.of();
    }

    @Override
    public Volume createVolume(VolumeSpec spec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Volume> volumes() {
        return List.of();
    }

    @Override
    public void removeVolume(String name) {}

    @Override
    public StorageUsage usage() {
        return new StorageUsage(0, 0, 0);
    }
}
