// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.wrong;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.api.storage.StorageUsage;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A storage driver with faults. */
final class WrongStorage implements StorageDriver {
    private final StorageDriver good;
    private final Faults faults;
    private final Set<String> made = ConcurrentHashMap.newKeySet();

    WrongStorage(StorageDriver good, Faults faults) {
        this.good = good;
        this.faults = faults;
    }

    @Override
    public String name() {
        return faults.name(good);
    }

    @Override
    public Probe probe() {
        return faults.probe(good);
    }

    @Override
    public List<Holding> census() {
        var all = new ArrayList<>(faults.census(good));
        if (faults.has(Fault.LEAVES_HALF) && Files.exists(half())) {
            all.add(new Holding.Left("file", half().toString(), "half of a layer"));
        }
        return all;
    }

    private Path half() {
        return faults.root().resolve("overlay/half");
    }

    @Override
    public void dispose(Holding holding) {
        faults.dispose(good, holding);
    }

    @Override
    public Set<RootForm> forms() {
        return good.forms();
    }

    @Override
    public boolean hasLayer(Layer layer) {
        return good.hasLayer(layer);
    }

    @Override
    public void importLayer(Layer layer, InputStream tar, Runnable verified) {
        if (faults.has(Fault.LEAVES_HALF)) {
            Faults.write(half());
        }
        if (faults.has(Fault.WANTS_AN_ORDER) && !good.layers().containsAll(layer.parents())) {
            throw new NotFound("a layer below " + layer.diffId() + " is not here");
        }
        try {
            if (faults.has(Fault.VERIFIES_AFTERWARDS) && !good.hasLayer(layer)) {
                good.importLayer(layer, tar, () -> {});
                verified.run();
            } else {
                good.importLayer(layer, tar, verified);
            }
            if (faults.has(Fault.CLOSES_ARCHIVES)) {
                tar.close();
            }
        } catch (InvalidSpec e) {
            if (!faults.has(Fault.TAKES_DAMAGED_LAYERS)) {
                throw e;
            }
        } catch (Unavailable e) {
            throw full(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        delete(half());
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RuntimeException full(Unavailable e) {
        return faults.has(Fault.FULL_IS_A_FAILURE)
                ? new DriverFailure(String.valueOf(e.getMessage()))
                : e;
    }

    @Override
    public boolean importsInAnyOrder() {
        return good.importsInAnyOrder();
    }

    @Override
    public void removeLayer(Layer layer) {
        if (!faults.has(Fault.KEEPS_LAYERS)) {
            good.removeLayer(layer);
        }
    }

    @Override
    public Set<String> layers() {
        return good.layers();
    }

    @Override
    public Root prepareRoot(RootSpec spec) {
        made.add(spec.container());
        try {
            return good.prepareRoot(
                    new RootSpec(
                            spec.container(),
                            spec.layers(),
                            spec.sizeBytes(),
                            spec.readOnly() && !faults.has(Fault.ALWAYS_WRITABLE),
                            spec.form()));
        } catch (Conflict e) {
            if (faults.has(Fault.SECOND_ROOT)) {
                return good.root(spec.container()).orElseThrow();
            }
            throw e;
        } catch (NotFound e) {
            if (faults.has(Fault.CONFLICT_FOR_MISSING)) {
                throw new Conflict(String.valueOf(e.getMessage()));
            }
            throw e;
        } catch (Unavailable e) {
            throw full(e);
        }
    }

    @Override
    public Optional<Root> root(String container) {
        return faults.has(Fault.FORGETS_ROOTS) && !made.contains(container)
                ? Optional.empty()
                : good.root(container);
    }

    @Override
    public void releaseRoot(String container) {
        good.releaseRoot(container);
    }

    @Override
    public Set<String> roots() {
        return good.roots();
    }

    @Override
    public Volume createVolume(VolumeSpec spec) {
        var name = spec.name();
        if (faults.has(Fault.MENDS_NAMES)) {
            name = "v" + name.replaceAll("[^a-z0-9]", "-");
        }
        var size = faults.has(Fault.SMALL_VOLUMES) ? 32L << 20 : spec.sizeBytes();
        var labels = faults.has(Fault.LOSES_LABELS) ? Map.<String, String>of() : spec.labels();
        try {
            return good.createVolume(new VolumeSpec(name, size, labels));
        } catch (Unavailable e) {
            throw full(e);
        }
    }

    @Override
    public List<Volume> volumes() {
        var all = good.volumes();
        return faults.has(Fault.VOLUMES_BACKWARDS) ? all.reversed() : all;
    }

    @Override
    public Optional<Volume> volume(String name) {
        return good.volume(name);
    }

    @Override
    public void removeVolume(String name) {
        good.removeVolume(name);
    }

    @Override
    public StorageUsage usage() {
        return good.usage();
    }
}
