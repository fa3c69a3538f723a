// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.HyperProperties;
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
import io.hypercontainer.storage.host.KeyLocks;
import io.hypercontainer.storage.host.Names;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Storage driver {@code dm}: each layer is a snapshot of the one below it, each container's root
 * file system a snapshot of its image's last layer, each volume a snapshot of an empty file system;
 * all of them ext4 on thin devices of one pool. Nothing is done before it is used.
 */
@ProvidesDriver(kind = "storage", name = DmDriver.NAME)
@Component(
        service = StorageDriver.class,
        configurationPid = "hyper.storage.dm",
        property = "service.ranking:Integer=-50")
@Designate(ocd = DmConfig.class)
public final class DmDriver implements StorageDriver {
    static final String NAME = "dm";

    private static final Set<PosixFilePermission> READABLE =
            PosixFilePermissions.fromString("rw-r--r--");

    private final Settings settings;
    private final OpenStore open;
    private final KeyLocks changes = new KeyLocks();
    private final BooleanSupplier daemonEnds;

    /**
     * Starts the driver; the pool is looked for when it is wanted.
     *
     * @param context for the daemon's folder
     * @param config settings
     */
    @Activate
    public DmDriver(BundleContext context, DmConfig config) {
        this(
                new Home(
                        Path.of(
                                Objects.requireNonNull(context.getProperty(HyperProperties.ROOT)),
                                NAME)),
                Settings.of(config),
                () -> context.getBundle(0).getState() == Bundle.STOPPING);
    }

    DmDriver(Home home, Settings settings, BooleanSupplier daemonEnds) {
        this.settings = settings;
        this.daemonEnds = daemonEnds;
        open = new OpenStore(home, settings);
    }

    /** Devices of containers and volumes stay; a pool without any leaves with the daemon. */
    @Deactivate
    void deactivate() {
        open.close(daemonEnds.getAsBoolean());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        List<String> missing = Host.missing();
        if (!missing.isEmpty()) {
            return new Probe(false, missing, Map.of());
        }
        var facts = new LinkedHashMap<String, String>();
        var reasons = new ArrayList<String>();
        facts.put("folder", open.home().base().toString());
        try {
            var store = open.present();
            if (store.isPresent()) {
                facts.put("pool", store.get().pool().name());
                describe(store.get().pool(), facts, reasons);
            }
        } catch (IOException | HyperException e) {
            return Probe.unusable(String.valueOf(e.getMessage()));
        }
        return new Probe(true, reasons, facts);
    }

    private static void describe(Pool pool, Map<String, String> facts, List<String> reasons)
            throws IOException {
        PoolStatus status = pool.status();
        long mib = 1 << 20;
        facts.put(
                "data",
                "%d of %d MiB"
                        .formatted(
                                status.used() * pool.block() / mib,
                                status.total() * pool.block() / mib));
        facts.put(
                "metadata",
                "%d of %d KiB".formatted(status.usedMetadata() * 4, status.metadata() * 4));
        status.trouble()
                .ifPresent(why -> reasons.add("the pool is " + why + ": see docs/storage-dm.md"));
    }

    @Override
    public Set<RootForm> forms() {
        return Set.of(RootForm.SINGLE_DISK);
    }

    private interface Work<T> {
        T on(Store store) throws IOException;
    }

    /** Does something that needs the pool. */
    private <T> T with(String what, Work<T> work) {
        try {
            return open.with(work::on);
        } catch (UncheckedIOException e) {
            throw failure(what, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw failure(what, e);
        }
    }

    private HyperException failure(String what, IOException e) {
        return DiskErrors.of("cannot " + what, e, open.home().base());
    }

    /** Does something, unless there has never been a pool. */
    private <T> T withPresent(String what, T otherwise, Work<T> work) {
        return Store.exists(open.home()) ? with(what, work) : otherwise;
    }

    private static List<String> chain(Layer layer) {
        var chain = new ArrayList<>(layer.parents());
        chain.add(layer.diffId());
        return chain;
    }

    @Override
    public boolean hasLayer(Layer layer) {
        return withPresent("look for a layer", false, s -> s.images().has(chain(layer)));
    }

    @Override
    public void importLayer(Layer layer, InputStream tar, Runnable verified) {
        with(
                "import layer " + layer.diffId(),
                store -> {
                    store.images().add(chain(layer), tar, verified);
                    return true;
                });
    }

    @Override
    public void removeLayer(Layer layer) {
        withPresent(
                "remove layer " + layer.diffId(),
                false,
                store -> {
                    List<String> chain = chain(layer);
                    // Who does not know what was below it means all: no image needs any of them.
                    Set<List<String>> chains =
                            store.images().has(chain) || !layer.parents().isEmpty()
                                    ? Set.of(chain)
                                    : store.images().endingWith(layer.diffId());
                    for (List<String> one : chains) {
                        mustBeUnused(store, one);
                        store.images().remove(one);
                    }
                    return true;
                });
    }

    private static void mustBeUnused(Store store, List<String> chain) {
        for (String container : store.ledger().names(Kind.ROOT)) {
            List<String> used =
                    store.ledger()
                            .find(Kind.ROOT, container)
                            .map(ThinRecord::layers)
                            .orElse(List.of());
            if (used.size() >= chain.size() && used.subList(0, chain.size()).equals(chain)) {
                throw new Conflict(
                        "layer "
                                + chain.getLast()
                                + " is used by container "
                                + container
                                + "; remove that first");
            }
        }
    }

    @Override
    public Set<String> layers() {
        return withPresent("list layers", Set.of(), s -> s.images().tops());
    }

    @Override
    public Root prepareRoot(RootSpec spec) {
        if (spec.form() != RootForm.SINGLE_DISK) {
            throw new Unsupported(NAME, spec.form());
        }
        String container = Names.check("container", spec.container());
        long size =
                spec.sizeBytes() == 0
                        ? settings.rootSize()
                        : BlankFileSystem.roundedUp(spec.sizeBytes());
        String what = "make a root file system for container " + container;
        return changes.exclusively(
                Kind.ROOT + container,
                what,
                () ->
                        with(
                                what,
                                store -> {
                                    if (store.ledger().find(Kind.ROOT, container).isPresent()) {
                                        throw new Conflict(
                                                "container "
                                                        + container
                                                        + " has a root file system already");
                                    }
                                    ThinRecord origin = store.images().ofRoot(spec.layers(), size);
                                    make(store, container, origin, spec.readOnly());
                                    return root(store, container).orElseThrow();
                                }));
    }

    /** All of it or nothing. */
    private static void make(Store store, String container, ThinRecord origin, boolean readOnly)
            throws IOException {
        ThinRecord made = store.ledger().snapshot(Kind.ROOT, container, origin, Map.of());
        try {
            Path device = store.devices().activate(made.thin(), made.bytes());
            if (readOnly) {
                // Machines' users open it, and none of them becomes its owner.
                Files.setPosixFilePermissions(device, READABLE);
            }
        } catch (IOException e) {
            store.ledger().remove(Kind.ROOT, container);
            throw e;
        }
    }

    @Override
    public Optional<Root> root(String container) {
        return withPresent("look for a root", Optional.empty(), s -> root(s, container));
    }

    private static Optional<Root> root(Store store, String container) throws IOException {
        Optional<ThinRecord> record = store.ledger().find(Kind.ROOT, container);
        return record.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Root.SingleDisk(fileSystem(store, record.get()), "/" + Images.TOP));
    }

    private static Root.FileSystem fileSystem(Store store, ThinRecord record) throws IOException {
        return new Root.FileSystem(
                store.devices().activate(record.thin(), record.bytes()), record.bytes(), "ext4");
    }

    @Override
    public void releaseRoot(String container) {
        Names.check("container", container);
        String what = "release the root file system of container " + container;
        changes.exclusively(Kind.ROOT + container, what, () -> remove(what, Kind.ROOT, container));
    }

    private void remove(String what, Kind kind, String name) {
        withPresent(
                what,
                false,
                store -> {
                    store.ledger().remove(kind, name);
                    return true;
                });
    }

    @Override
    public Set<String> roots() {
        return withPresent("list roots", Set.of(), s -> s.ledger().names(Kind.ROOT));
    }

    @Override
    public Volume createVolume(VolumeSpec spec) {
        String name = Names.check("volume", spec.name());
        long size =
                spec.sizeBytes() == 0
                        ? settings.volumeSize()
                        : BlankFileSystem.roundedUp(spec.sizeBytes());
        String what = "make volume " + name;
        return changes.exclusively(
                Kind.VOLUME + name,
                what,
                () ->
                        with(
                                what,
                                store -> {
                                    if (store.ledger().find(Kind.VOLUME, name).isPresent()) {
                                        throw new Conflict(
                                                "there is a volume " + name + " already");
                                    }
                                    ThinRecord origin = store.images().ofVolume(size);
                                    store.ledger()
                                            .snapshot(Kind.VOLUME, name, origin, spec.labels());
                                    return volume(store, name).orElseThrow();
                                }));
    }

    @Override
    public List<Volume> volumes() {
        return withPresent(
                "list volumes",
                List.of(),
                store -> {
                    var all = new ArrayList<Volume>();
                    for (String name : store.ledger().names(Kind.VOLUME)) {
                        volume(store, name).ifPresent(all::add);
                    }
                    return all;
                });
    }

    @Override
    public Optional<Volume> volume(String name) {
        return withPresent("look for a volume", Optional.empty(), s -> volume(s, name));
    }

    private static Optional<Volume> volume(Store store, String name) throws IOException {
        Optional<ThinRecord> record = store.ledger().find(Kind.VOLUME, name);
        return record.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Volume(
                                name,
                                fileSystem(store, record.get()),
                                Instant.ofEpochMilli(record.get().created()),
                                record.get().labels()));
    }

    @Override
    public void removeVolume(String name) {
        Names.check("volume", name);
        String what = "remove volume " + name;
        changes.exclusively(Kind.VOLUME + name, what, () -> remove(what, Kind.VOLUME, name));
    }

    @Override
    public List<Holding> census() {
        return withPresent("look for what is left", List.of(), s -> new Census(s).take());
    }

    @Override
    public void dispose(Holding holding) {
        switch (holding) {
            case Holding.Owned root -> releaseRoot(root.owner());
            case Holding.Left left ->
                    withPresent(
                            "remove " + left.subject(),
                            false,
                            store -> {
                                new Census(store).dispose(left);
                                return true;
                            });
            case Holding.Wrong _ -> {
                // A person's to deal with.
            }
        }
    }

    @Override
    public StorageUsage usage() {
        return withPresent(
                "measure the pool", new StorageUsage(0, 0, 0), s -> new Usage(s).measure());
    }
}
