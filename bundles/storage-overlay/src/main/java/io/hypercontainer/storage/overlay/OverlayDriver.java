// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.HyperProperties;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.driver.Holding;
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
import io.hypercontainer.storage.host.DiskErrors;
import io.hypercontainer.storage.host.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Storage driver {@code overlay}: each layer is a read-only EROFS image that all containers share,
 * each container and volume has a sparse ext4 disk of its own, and the guest stacks them. The host
 * mounts nothing and unpacks nothing.
 */
@ProvidesDriver(kind = "storage", name = OverlayDriver.NAME)
@Component(service = StorageDriver.class, configurationPid = "hyper.storage.overlay")
@Designate(ocd = OverlayConfig.class)
public final class OverlayDriver implements StorageDriver {
    static final String NAME = "overlay";

    private static final Logger LOG = LoggerFactory.getLogger(OverlayDriver.class);

    private final Path base;
    private final Workspace workspace;
    private final LayerStore layers;
    private final DiskFactory disks;
    private final RootStore roots;
    private final VolumeStore volumes;
    private final Census census;
    private volatile DefaultSizes sizes;
    private @Nullable Thread templates;
    private volatile boolean closed;

    /**
     * Starts the driver on what an earlier one has left.
     *
     * @param context for the daemon's folder
     * @param config sizes
     */
    @Activate
    public OverlayDriver(BundleContext context, OverlayConfig config) {
        this(Path.of(context.getProperty(HyperProperties.ROOT), NAME), DefaultSizes.of(config));
        // The first container after a start shall not wait for mke2fs.
        templates = Thread.ofVirtual().name("hyper-overlay-template").start(this::makeTemplate);
    }

    /** What goes on in it is finished; whatever comes later is for its successor. */
    @Deactivate
    void deactivate() {
        closed = true;
        if (templates != null) {
            templates.interrupt();
        }
    }

    private void mustBeOpen() {
        if (closed) {
            throw new Unavailable(
                    "storage driver " + NAME + " has just been stopped or replaced: try again");
        }
    }

    OverlayDriver(Path base, DefaultSizes sizes) {
        this.base = base;
        this.sizes = sizes;
        try {
            workspace = Workspace.open(base);
            layers = new LayerStore(workspace);
            disks = new DiskFactory(workspace);
            roots = new RootStore(workspace, layers, disks);
            volumes = new VolumeStore(workspace, disks);
            roots.load();
            census = new Census(workspace, roots, volumes);
        } catch (IOException e) {
            throw DiskErrors.of("cannot start storage driver " + NAME, e, base);
        }
    }

    private void makeTemplate() {
        try {
            disks.prepare(sizes.root());
        } catch (IOException | HyperException e) {
            if (!closed) {
                LOG.warn("no disk can be made now; the first container will try again", e);
            }
        }
    }

    /**
     * New sizes hold for what is made from now on.
     *
     * @param config sizes
     */
    @Modified
    public void modified(OverlayConfig config) {
        setSizes(DefaultSizes.of(config));
    }

    void setSizes(DefaultSizes newSizes) {
        sizes = newSizes;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        var missing = new ArrayList<String>();
        var facts = new LinkedHashMap<String, String>();
        facts.put("folder", base.toString());
        for (String program : List.of("mke2fs", "e2fsck")) {
            Tool.find(program)
                    .ifPresentOrElse(
                            tool -> facts.put(program, tool.program().toString()),
                            () -> missing.add(program + " is missing: install package e2fsprogs"));
        }
        if (!Files.isWritable(base)) {
            missing.add(base + " can't be written to: give it to the daemon's user");
        }
        return new Probe(missing.isEmpty(), missing, facts);
    }

    @Override
    public Set<RootForm> forms() {
        return Set.of(RootForm.BLOCK_LAYERS);
    }

    @Override
    public boolean hasLayer(Layer layer) {
        return layers.has(layer.diffId());
    }

    @Override
    public void importLayer(Layer layer, InputStream tar, Runnable verified) {
        layers.add(layer.diffId(), tar, verified);
    }

    @Override
    public boolean importsInAnyOrder() {
        return true;
    }

    @Override
    public void removeLayer(Layer layer) {
        mustBeOpen();
        layers.remove(layer.diffId());
    }

    @Override
    public Set<String> layers() {
        return layers.all();
    }

    @Override
    public Root prepareRoot(RootSpec spec) {
        mustBeOpen();
        if (spec.form() != RootForm.BLOCK_LAYERS) {
            throw new Unsupported(NAME, spec.form());
        }
        long size = spec.sizeBytes() == 0 ? sizes.root() : spec.sizeBytes();
        return roots.prepare(spec.container(), spec.layers(), spec.readOnly(), size);
    }

    @Override
    public Optional<Root> root(String container) {
        return roots.find(container);
    }

    @Override
    public void releaseRoot(String container) {
        mustBeOpen();
        roots.release(container);
    }

    @Override
    public Set<String> roots() {
        return roots.containers();
    }

    @Override
    public Volume createVolume(VolumeSpec spec) {
        mustBeOpen();
        long size = spec.sizeBytes() == 0 ? sizes.volume() : spec.sizeBytes();
        return volumes.create(spec.name(), size, spec.labels());
    }

    @Override
    public List<Volume> volumes() {
        return volumes.list();
    }

    @Override
    public Optional<Volume> volume(String name) {
        return volumes.find(name);
    }

    @Override
    public void removeVolume(String name) {
        mustBeOpen();
        volumes.remove(name);
    }

    @Override
    public List<Holding> census() {
        return census.take();
    }

    @Override
    public void dispose(Holding holding) {
        mustBeOpen();
        census.dispose(holding);
    }

    @Override
    public StorageUsage usage() {
        try {
            return DiskUsage.of(workspace);
        } catch (IOException e) {
            throw new DriverFailure("cannot measure what " + base + " takes", e);
        }
    }
}
