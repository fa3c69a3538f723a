// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.Folders;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts machines: spares that were cloned ahead where one waits, clones of a template where there
 * is one; else they are booted. A template is made in the background, after the first boot of a
 * machine that could have used it.
 */
public final class VmFactory {
    private static final Logger LOG = LoggerFactory.getLogger(VmFactory.class);

    /** Saving and reading copies all of the memory: beyond this a boot is as fast. */
    private static final long MOST_MEMORY = 4L << 30;

    private static final Duration AFTER_START = Duration.ofSeconds(2);

    private final Plugs plugs;
    private final TemplateStore store;
    private final TemplateBuilder builder;
    private final Spares spares;
    private final IntSupplier kept;
    private final BiConsumer<String, Runnable> background;
    // Templates that are being made, or could not be: those wait for the next daemon.
    private final Set<TemplateId> making = ConcurrentHashMap.newKeySet();
    private final Set<TemplateId> failed = ConcurrentHashMap.newKeySet();

    /**
     * @param spares machines that wait
     * @param kept how many templates are kept, 0 for none
     * @param patience how long a guest may take to boot
     * @param background starts a named thread
     */
    public VmFactory(
            Plugs plugs,
            TemplateStore store,
            Spares spares,
            IntSupplier kept,
            Supplier<Duration> patience,
            BiConsumer<String, Runnable> background,
            Clock clock) {
        this.plugs = plugs;
        this.store = store;
        this.builder = new TemplateBuilder(plugs, store, patience, clock);
        this.spares = spares;
        this.kept = kept;
        this.background = background;
    }

    /** How a machine was started. */
    public enum Way {
        /** It boots. */
        LAUNCH,
        /** It was cloned just now. */
        CLONE,
        /** It was cloned ahead. */
        SPARE;

        /** {@return whether its interfaces have {@link StandInMacs}} */
        public boolean isClone() {
            return this != LAUNCH;
        }

        /** {@return the word for it in timelines} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A machine that has been started.
     *
     * @param machine the machine
     * @param way how
     * @param settled to be called when its guest is up: there is time for other things then
     */
    public record Started(VirtualMachine machine, Way way, Runnable settled) {}

    /**
     * Starts a machine. If it fails nothing is left.
     *
     * @param grows whether folders of the host may be shared with it later, which a clone cannot
     *     take
     */
    public Started start(Hypervisor hypervisor, VmSpec spec, boolean grows) {
        if (!canBeCloned(hypervisor, spec, grows)) {
            return new Started(hypervisor.launch(spec), Way.LAUNCH, () -> {});
        }
        TemplateId id = TemplateId.of(hypervisor, spec);
        Optional<Path> template = store.find(id);
        if (template.isEmpty()) {
            return new Started(
                    hypervisor.launch(spec), Way.LAUNCH, () -> want(id, hypervisor, spec));
        }
        Optional<VirtualMachine> spare = assign(id, hypervisor, template.get(), spec);
        if (spare.isPresent()) {
            return new Started(spare.get(), Way.SPARE, () -> store.use(id));
        }
        try {
            VirtualMachine clone = hypervisor.clone(template.get(), spec);
            return new Started(clone, Way.CLONE, () -> store.use(id));
        } catch (DriverFailure e) {
            clear(spec.directory());
            VirtualMachine booted = hypervisor.launch(spec);
            // So it was the template's fault.
            LOG.warn("template {} is made anew: {}", id, e.getMessage());
            delete(id, hypervisor);
            return new Started(booted, Way.LAUNCH, () -> want(id, hypervisor, spec));
        }
    }

    private Optional<VirtualMachine> assign(
            TemplateId id, Hypervisor hypervisor, Path template, VmSpec spec) {
        if (!hypervisor.capabilities().contains(Capability.SPARE)) {
            return Optional.empty();
        }
        Optional<Spare> spare =
                SpareKind.of(id, spec)
                        .flatMap(kind -> spares.take(kind, hypervisor, template, spec));
        if (spare.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(hypervisor.assign(spare.get().machine(), spec));
        } catch (HyperException e) {
            LOG.debug("spare {} is of no use", spare.get().place().machine(), e);
            clear(spec.directory());
            return Optional.empty();
        } finally {
            spares.assigned(spare.get());
        }
    }

    /**
     * Makes a template unless there is one.
     *
     * @param grows as for {@link #start}
     * @throws Unsupported if the hypervisor has no templates
     * @throws Conflict if such a machine is not cloned for another reason
     * @throws io.hypercontainer.api.Unavailable if the disk has no room for it
     */
    public TemplateId make(Hypervisor hypervisor, VmSpec spec, boolean grows) {
        if (!hypervisor.capabilities().contains(Capability.TEMPLATE)) {
            throw new Unsupported("hypervisor " + hypervisor.name(), Capability.TEMPLATE);
        }
        if (!canBeCloned(hypervisor, spec, grows)) {
            throw new Conflict(
                    "such a machine is always booted: "
                            + (kept.getAsInt() > 0
                                    ? "folders of the host are (or may be) shared with it, or it has"
                                            + " more than 4 GiB of memory"
                                    : "hyper.runtime says templates=0"));
        }
        TemplateId id = TemplateId.of(hypervisor, spec);
        boolean first = making.add(id);
        try {
            builder.build(id, hypervisor, spec);
            store.find(id).ifPresent(hypervisor::prepareTemplate);
            deleteOldest(hypervisor);
            return id;
        } finally {
            if (first) {
                making.remove(id);
            }
        }
    }

    private boolean canBeCloned(Hypervisor hypervisor, VmSpec spec, boolean grows) {
        Set<Capability> can = hypervisor.capabilities();
        return kept.getAsInt() > 0
                && can.contains(Capability.TEMPLATE)
                && spec.shares().isEmpty()
                && !(grows && can.contains(Capability.HOTPLUG_SHARE))
                && spec.memoryBytes() <= MOST_MEMORY;
    }

    private static void clear(Path folder) {
        try {
            Folders.delete(folder);
            Folders.make(folder);
        } catch (IOException e) {
            throw new DriverFailure("cannot empty " + folder + ": " + e, e);
        }
    }

    private void want(TemplateId id, Hypervisor hypervisor, VmSpec spec) {
        if (!failed.contains(id) && store.hasRoom(spec.memoryBytes()) && making.add(id)) {
            background.accept("template-" + id, () -> build(id, hypervisor, spec));
        }
    }

    private void build(TemplateId id, Hypervisor hypervisor, VmSpec spec) {
        try {
            builder.build(id, hypervisor, spec);
            store.use(id);
            store.find(id).ifPresent(hypervisor::prepareTemplate);
            deleteOldest(hypervisor);
        } catch (io.hypercontainer.api.Interrupted e) {
            LOG.debug("template {}", id, e);
        } catch (HyperException e) {
            if (e instanceof DriverFailure) {
                // Another cause, such as a driver that is being exchanged, passes.
                failed.add(id);
            }
            LOG.warn("template {} cannot be made, machines are booted: {}", id, e.getMessage());
        } finally {
            making.remove(id);
        }
    }

    private void deleteOldest(Hypervisor hypervisor) {
        List<TemplateId> newestFirst = new ArrayList<>(store.all().keySet());
        for (int i = Math.max(1, kept.getAsInt()); i < newestFirst.size(); i++) {
            delete(newestFirst.get(i), hypervisor);
        }
    }

    private void delete(TemplateId id, Hypervisor hypervisor) {
        spares.release(id);
        store.find(id).ifPresent(hypervisor::forgetTemplate);
        store.delete(id);
    }

    /** {@return those that are being made} */
    public Set<TemplateId> making() {
        return Set.copyOf(making);
    }

    /** Deletes a template. */
    public void delete(TemplateId id, Optional<Hypervisor> hypervisor) {
        if (making.contains(id)) {
            throw new Conflict("template " + id + " is being made");
        }
        failed.remove(id);
        spares.release(id);
        hypervisor.ifPresent(h -> store.find(id).ifPresent(h::forgetTemplate));
        store.delete(id);
    }

    /** {@return how many machines wait that were cloned from a template} */
    public int spares(TemplateId id) {
        return spares.count(id);
    }

    /**
     * A driver goes: nothing is kept of it.
     *
     * @param gone the driver
     */
    public void release(Hypervisor gone) {
        spares.release(gone);
    }

    /** Ends what waits. */
    public void close() {
        spares.close();
    }

    /** {@return whether a machine is a spare or becomes a template} */
    public boolean owns(String machine) {
        return spares.owns(machine) || making.stream().anyMatch(id -> id.machine().equals(machine));
    }

    /**
     * Ends what an earlier daemon did not finish, and gets the template ready that was of use last,
     * as soon as their drivers are there.
     */
    public void recover() {
        spares.recover();
        store.all().entrySet().stream()
                .findFirst()
                .ifPresent(last ->
                        background.accept(
                                "template-" + last.getKey(),
                                () -> prepare(last.getKey(), last.getValue().hypervisor())));
        for (Map.Entry<TemplateId, Optional<String>> each : store.unfinished().entrySet()) {
            TemplateId id = each.getKey();
            making.add(id);
            background.accept("template-" + id, () -> clear(id, each.getValue()));
        }
    }

    private void prepare(TemplateId id, String driver) {
        try {
            // The daemon's own start goes first; whoever is faster reads the template himself.
            Thread.sleep(AFTER_START);
            Hypervisor hypervisor = plugs.hypervisors().awaitForever(driver);
            store.find(id).ifPresent(hypervisor::prepareTemplate);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (HyperException e) {
            // Whoever wants to clone it is told, and then it is made anew.
            LOG.debug("template {}", id, e);
        }
    }

    private void clear(TemplateId id, Optional<String> driver) {
        try {
            if (driver.isPresent()) {
                builder.clear(id, driver.get());
            } else {
                // It was cut off before there was a machine.
                store.abandon(id);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | HyperException e) {
            LOG.warn("template {} was not finished, and cannot be deleted: {}", id, e.getMessage());
        } finally {
            making.remove(id);
        }
    }
}
