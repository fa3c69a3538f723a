// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.runtime.plug.Plugs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machines that wait for containers: as many as were of use lately, where memory allows. They
 * are made one after another, when nothing has been started for a moment.
 */
public final class Spares {
    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);

    /** Long enough for what has just been started to get the processors first. */
    private static final Duration QUIET = Duration.ofMillis(200);

    /** Whether there is still a need is asked this often. */
    private static final Duration LOOK = Duration.ofSeconds(30);

    /**
     * How a kind's spares are made.
     *
     * @param like the machine that was started last
     */
    private record Recipe(Hypervisor hypervisor, Path template, VmSpec like) {}

    private final Predicate<Hypervisor> isThere;
    private final SpareMaker maker;
    private final SpareStore store;
    private final IntSupplier most;
    private final BooleanSupplier memoryLeft;
    private final BiConsumer<String, Runnable> background;
    private final Clock clock;
    private final Demand demand = new Demand();
    private final List<Spare> waiting = new ArrayList<>(); // guarded by this, as all below
    private final Map<SpareKind, Recipe> recipes = new HashMap<>();
    private final Set<String> owned = new HashSet<>();
    private long quietAt;
    private boolean refilling;
    private boolean closed;
    private int changes;

    /**
     * @param root the daemon's folder
     * @param guest folder with what guests rehearse with
     * @param patience how long a guest may take to answer
     * @param most how many there may be, 0 for none
     * @param memoryLeft whether the host has memory for one more
     * @param background starts a named thread
     */
    public Spares(
            Plugs plugs,
            Path root,
            Path guest,
            Supplier<Duration> patience,
            IntSupplier most,
            BooleanSupplier memoryLeft,
            BiConsumer<String, Runnable> background,
            Clock clock) {
        this.isThere = plugs.hypervisors().slot()::has;
        this.store = new SpareStore(root, new SecureRandom());
        this.maker = new SpareMaker(plugs, store, new Rehearsal(guest, clock), patience);
        this.most = most;
        this.memoryLeft = memoryLeft;
        this.background = background;
        this.clock = clock;
    }

    /** A machine of a kind is about to be started. {@return a spare for it, if there is one} */
    synchronized Optional<Spare> take(
            SpareKind kind, Hypervisor hypervisor, Path template, VmSpec spec) {
        if (most.getAsInt() == 0 || closed || !maker.isPossible()) {
            return Optional.empty();
        }
        if (!isThere.test(hypervisor)) {
            // It has gone since the start began, and what is kept of it was released.
            return Optional.empty();
        }
        demand.started(kind, clock.instant(), most.getAsInt());
        recipes.put(kind, new Recipe(hypervisor, template, spec));
        quietAt = System.nanoTime() + QUIET.toNanos();
        if (!refilling) {
            refilling = true;
            background.accept("spares", this::refill);
        }
        changed();
        Optional<Spare> taken =
                waiting.stream()
                        .filter(s -> s.kind().equals(kind) && s.hypervisor().equals(hypervisor))
                        .findFirst();
        taken.ifPresent(waiting::remove);
        return taken;
    }

    /** A spare that was taken is somebody's, or has ended. */
    void assigned(Spare spare) {
        left(spare.place());
    }

    private void left(SpareStore.Place place) {
        try {
            maker.delete(place);
        } catch (HyperException e) {
            // The next daemon tries again.
            LOG.warn("what is left of spare {} stays: {}", place.machine(), e.getMessage());
        }
        synchronized (this) {
            owned.remove(place.machine());
        }
    }

    /** {@return how many wait that were cloned from a template} */
    synchronized int count(TemplateId template) {
        return (int) waiting.stream().filter(s -> s.kind().template().equals(template)).count();
    }

    /** {@return whether a machine is a spare, or becomes one} */
    synchronized boolean owns(String machine) {
        return owned.contains(machine);
    }

    /** Ends the spares of a driver that goes. */
    void release(Hypervisor gone) {
        drop(
                spare -> spare.hypervisor().equals(gone),
                recipe -> recipe.getValue().hypervisor().equals(gone));
    }

    /** Ends the spares of a template that goes. */
    void release(TemplateId gone) {
        drop(
                spare -> spare.kind().template().equals(gone),
                recipe -> recipe.getKey().template().equals(gone));
    }

    private void drop(Predicate<Spare> which, Predicate<Map.Entry<SpareKind, Recipe>> unwanted) {
        List<Spare> dropped;
        synchronized (this) {
            dropped = waiting.stream().filter(which).toList();
            waiting.removeAll(dropped);
            recipes.entrySet().removeIf(unwanted);
            changed();
        }
        dropped.forEach(this::end);
    }

    private void end(Spare spare) {
        maker.end(spare);
        synchronized (this) {
            owned.remove(spare.place().machine());
        }
    }

    /** Ends what an earlier daemon left. */
    void recover() {
        try {
            for (SpareStore.Place place : store.all()) {
                synchronized (this) {
                    owned.add(place.machine());
                }
                background.accept("spare-" + place.machine(), () -> clear(place));
            }
        } catch (IOException e) {
            LOG.warn("spares of an earlier daemon may be left: {}", e.toString());
        }
    }

    private void clear(SpareStore.Place place) {
        try {
            maker.clear(place);
            synchronized (this) {
                owned.remove(place.machine());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (HyperException e) {
            LOG.warn("spare {} is left: {}", place.machine(), e.getMessage());
        }
    }

    /** Ends all, for good. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        drop(spare -> true, recipe -> true);
    }

    /** Keeps as many as are wanted, until none is. */
    private void refill() {
        boolean stopped = false;
        try {
            while (!stopped) {
                surplus().forEach(this::end);
                awaitMissing().ifPresent(this::make);
                stopped = stops();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!stopped) {
                synchronized (this) {
                    refilling = false;
                }
            }
        }
    }

    private boolean isDone() {
        return closed || recipes.isEmpty();
    }

    /** {@return whether there is nothing to do any more; the next start begins again then} */
    private synchronized boolean stops() {
        refilling = !isDone();
        return !refilling;
    }

    private synchronized List<Spare> surplus() {
        Instant now = clock.instant();
        recipes.keySet().removeIf(kind -> demand.of(kind, now) == 0);
        List<Spare> surplus = new ArrayList<>();
        for (SpareKind kind : Set.copyOf(waiting.stream().map(Spare::kind).toList())) {
            List<Spare> alike = waiting.stream().filter(s -> s.kind().equals(kind)).toList();
            surplus.addAll(alike.subList(Math.min(wanted(kind, now), alike.size()), alike.size()));
        }
        waiting.removeAll(surplus);
        return surplus;
    }

    private int wanted(SpareKind kind, Instant now) {
        return recipes.containsKey(kind) ? Math.min(demand.of(kind, now), most.getAsInt()) : 0;
    }

    /**
     * Waits for a moment in which nothing is started. {@return what is missing then, if anything}
     */
    private synchronized Optional<SpareKind> awaitMissing() throws InterruptedException {
        Optional<SpareKind> missing = missing();
        if (missing.isEmpty()) {
            long next = System.nanoTime() + LOOK.toNanos();
            int seen = changes;
            while (changes == seen && !isDone() && next > System.nanoTime()) {
                wait(millisUntil(next));
            }
            return Optional.empty();
        }
        while (quietAt > System.nanoTime() && !closed) {
            wait(millisUntil(quietAt));
        }
        return missing();
    }

    private static long millisUntil(long nanoTime) {
        return Math.max(1, (nanoTime - System.nanoTime()) / 1_000_000 + 1);
    }

    private void changed() {
        changes++;
        notifyAll();
    }

    private Optional<SpareKind> missing() {
        if (closed || waiting.size() >= most.getAsInt() || !memoryLeft.getAsBoolean()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        return recipes.keySet().stream()
                .filter(kind ->
                        waiting.stream().filter(s -> s.kind().equals(kind)).count()
                                < wanted(kind, now))
                .findFirst();
    }

    private void make(SpareKind kind) {
        Optional<Recipe> recipe;
        synchronized (this) {
            recipe = Optional.ofNullable(recipes.get(kind));
        }
        if (recipe.isEmpty()) {
            return;
        }
        Hypervisor hypervisor = recipe.get().hypervisor();
        SpareStore.@Nullable Place place = null;
        try {
            place = maker.place(hypervisor);
            synchronized (this) {
                owned.add(place.machine());
            }
            Spare spare =
                    maker.make(
                            place, kind, hypervisor, recipe.get().template(), recipe.get().like());
            if (!keep(spare)) {
                end(spare);
            }
        } catch (Interrupted e) {
            LOG.debug("no spare", e);
            discard(place, kind);
        } catch (IOException | HyperException e) {
            LOG.warn("no machine waits for containers ahead: {}", e.getMessage());
            discard(place, kind);
        }
    }

    /** The next start of the kind tries again. */
    private void discard(SpareStore.@Nullable Place place, SpareKind kind) {
        synchronized (this) {
            recipes.remove(kind);
        }
        if (place != null) {
            left(place);
        }
    }

    private synchronized boolean keep(Spare spare) {
        Recipe current = recipes.get(spare.kind());
        if (closed || current == null || !current.hypervisor().equals(spare.hypervisor())) {
            return false;
        }
        waiting.add(spare);
        return true;
    }
}
