// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Services of one kind, best first. While one is updated it is away for some milliseconds, so those
 * who need it wait for a moment before they fail.
 */
public final class Slot<T> {
    private final String kind;
    private final Duration patience;
    private final List<Plugged<T>> plugged = new ArrayList<>();

    /**
     * @param kind what users call it, {@code hypervisor driver}
     * @param patience how long a missing one is waited for
     */
    public Slot(String kind, Duration patience) {
        this.kind = kind;
        this.patience = patience;
    }

    /**
     * @param service one that has come
     */
    public synchronized void add(Plugged<T> service) {
        plugged.add(service);
        plugged.sort(null);
        notifyAll();
    }

    /**
     * @param service one that has gone
     */
    public synchronized void remove(T service) {
        plugged.removeIf(p -> p.service().equals(service));
        notifyAll();
    }

    /** {@return what is there, best first} */
    public synchronized List<Plugged<T>> all() {
        return List.copyOf(plugged);
    }

    /**
     * @param service one that was there
     * @return whether it still is
     */
    public synchronized boolean has(T service) {
        return plugged.stream().anyMatch(p -> p.service().equals(service));
    }

    /** {@return the best one} */
    public T await() {
        return await(all -> all.stream().findFirst().map(Plugged::service))
                .orElseThrow(
                        () -> new Unavailable("the " + kind + " is missing: start its bundle"));
    }

    /**
     * Looks until there is something to find, for a moment.
     *
     * @param search finds something among what is there
     * @return what it found, or empty when the time is over
     */
    public <R> Optional<R> await(Function<List<Plugged<T>>, Optional<R>> search) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                List<Plugged<T>> seen = all();
                // Outside the lock: a search may ask drivers.
                Optional<R> found = search.apply(seen);
                if (found.isPresent()) {
                    return found;
                }
                synchronized (this) {
                    while (plugged.equals(seen)) {
                        long millis = (deadline - System.nanoTime()) / 1_000_000;
                        if (millis <= 0) {
                            return Optional.empty();
                        }
                        wait(millis);
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for a " + kind, e);
        }
    }

    /**
     * Waits for as long as it takes.
     *
     * @param search finds something among what is there
     * @return what it found
     */
    public <R> R awaitForever(Function<List<Plugged<T>>, Optional<R>> search)
            throws InterruptedException {
        while (true) {
            List<Plugged<T>> seen = all();
            Optional<R> found = search.apply(seen);
            if (found.isPresent()) {
                return found.get();
            }
            synchronized (this) {
                while (plugged.equals(seen)) {
                    wait();
                }
            }
        }
    }
}
