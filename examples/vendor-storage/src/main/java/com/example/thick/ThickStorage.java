// SPDX-License-Identifier: Apache-2.0
package com.example.thick;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.driver.ProvidesDriver;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Storage driver {@code thick}: disks of containers and volumes are allocated in full when they are
 * made. A host that runs full cannot stop a container that has begun to write; what does not fit is
 * refused before it begins.
 *
 * <p>Layers of images are kept by another driver, which is used through its service as the runtime
 * uses it: images are not stored twice, and nothing here depends on how that driver works.
 */
@Component(
        service = StorageDriver.class,
        configurationPid = "com.example.thick",
        property = "service.ranking:Integer=-100")
@Designate(ocd = ThickConfig.class)
@ProvidesDriver(kind = "storage", name = ThickStorage.NAME)
public final class ThickStorage implements StorageDriver {
    static final String NAME = "thick";

    private final ThickConfig config;
    private final Path base;
    private final DiskFolder roots;
    private final DiskFolder volumes;

    /** All storage drivers that are here now, this one too. */
    private final List<StorageDriver> drivers = new CopyOnWriteArrayList<>();

    /**
     * Made by the framework; finds what an earlier one has left.
     *
     * @param config settings
     * @param context for the daemon's folder
     * @throws IOException if the driver's folder cannot be made
     */
    @Activate
    public ThickStorage(ThickConfig config, BundleContext context) throws IOException {
        this.config = config;
        base = Path.of(Objects.requireNonNull(context.getProperty(HyperProperties.ROOT)), NAME);
        roots = new DiskFolder(base.resolve("roots"));
        volumes = new DiskFolder(base.resolve("volumes"));
    }

    /**
     * Drivers come and go while containers run.
     *
     * @param driver one that has come
     */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bind(StorageDriver driver) {
        drivers.add(driver);
    }

    /**
     * Forgets it.
     *
     * @param driver one that goes
     */
    void unbind(StorageDriver driver) {
        drivers.remove(driver);
    }

    private Optional<StorageDriver> keeper() {
        return drivers.stream()
                .filter(d -> d.name().equals(config.layers()) && d != this)
                .filter(d -> d.forms().contains(RootForm.BLOCK_LAYERS))
                .findFirst();
    }

    private StorageDriver keeperOfLayers() {
        return keeper().orElseThrow(() ->
                new Unavailable(
                        "storage driver '%s', which keeps layers for '%s', is not here"
                                .formatted(config.layers(), NAME)));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        var missing = new ArrayList<String>();
        for (var program : DiskFolder.PROGRAMS) {
            if (!Files.isExecutable(program)) {
                missing.add(program + " is missing: install packages e2fsprogs and util-linux");
            }
        }
        if (keeper().isEmpty()) {
            missing.add("storage driver " + config.layers() + " is not here: start its bundle");
        }
        var facts = new LinkedHashMap<String, String>();
        facts.put("folder", base.toString());
        facts.put("layers", config.layers());
        return new Probe(missing.isEmpty(), missing, facts);
    }

    @Override
    public Set<RootForm> forms() {
        return Set.of(RootForm.BLOCK_LAYERS);
    }

    @Override
    public boolean hasLayer(Layer layer) {
        return keeperOfLayers().hasLayer(layer);
    }

    @Override
    public void importLayer(Layer layer, InputStream tar, Runnable verified) {
        keeperOfLayers().importLayer(layer, tar, verified);
    }

    @Override
    public void removeLayer(Layer layer) {
        keeper().ifPresent(k -> k.removeLayer(layer));
    }

    @Override
    public Root prepareRoot(RootSpec spec) {
        if (spec.form() != RootForm.BLOCK_LAYERS) {
            throw new Unsupported(NAME, spec.form());
        }
        if (roots().contains(spec.container())) {
            throw new Conflict("container " + spec.container() + " has a root file system already");
        }
        // One that was cut off may have got as far as this.
        keeperOfLayers().releaseRoot(spec.container());
        // Without a disk: only the layers are wanted.
        keeperOfLayers()
                .prepareRoot(new RootSpec(spec.container(), spec.layers(), 0, true, spec.form()));
        try {
            if (spec.readOnly()) {
                roots.makeNone(spec.container());
            } else {
                var size = spec.sizeBytes() == 0 ? config.root_mib() << 20 : spec.sizeBytes();
                roots.make(spec.container(), size, Map.of());
            }
            return root(spec.container()).orElseThrow();
        } catch (RuntimeException e) {
            releaseRoot(spec.container());
            throw e;
        }
    }

    @Override
    public Optional<Root> root(String container) {
        if (!roots().contains(container)) {
            return Optional.empty();
        }
        return keeperOfLayers()
                .root(container)
                .map(Root.BlockLayers.class::cast)
                .map(r -> new Root.BlockLayers(r.layers(), roots.find(container)));
    }

    @Override
    public void releaseRoot(String container) {
        roots.delete(container);
        keeperOfLayers().releaseRoot(container);
    }

    @Override
    public Set<String> roots() {
        return new TreeSet<>(roots.names());
    }

    @Override
    public Volume createVolume(VolumeSpec spec) {
        var size = spec.sizeBytes() == 0 ? config.volume_mib() << 20 : spec.sizeBytes();
        return volume(spec.name(), volumes.make(spec.name(), size, spec.labels()));
    }

    @Override
    public List<Volume> volumes() {
        return volumes.names().stream()
                .flatMap(n -> volumes.find(n).stream().map(d -> volume(n, d)))
                .toList();
    }

    private Volume volume(String name, Root.FileSystem disk) {
        return new Volume(name, disk, volumes.made(name), volumes.labels(name));
    }

    @Override
    public void removeVolume(String name) {
        volumes.delete(name);
    }

    @Override
    public StorageUsage usage() {
        return new StorageUsage(0, roots.allocated(), volumes.allocated());
    }
}
