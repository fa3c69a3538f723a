// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Driver;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Drivers of one kind, by name. Several versions of one may be there: the one with the highest
 * ranking, then with the highest version is used, unless a reference names another.
 */
public final class DriverSlot<D extends Driver> {
    /** How long the calls that go on in a driver may take when it goes. */
    private static final Duration LAST_CALLS = Duration.ofSeconds(30);

    private final String kind;
    private final Slot<D> slot;

    /** A driver that could work once is not asked again: a probe may cost a process. */
    private final Set<D> usable =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /**
     * @param kind {@code hypervisor}, {@code storage} or {@code network}
     * @param patience how long a missing driver is waited for
     */
    public DriverSlot(String kind, Duration patience) {
        this.kind = kind;
        this.slot = new Slot<>(kind + " driver", patience);
    }

    /** {@return the services behind} */
    public Slot<D> slot() {
        return slot;
    }

    /**
     * Takes a driver out, and waits until nobody is in it any more.
     *
     * @param driver one that goes
     * @return what was plugged in for it
     */
    public Optional<D> unplug(D driver) {
        Optional<D> plugged =
                slot.all().stream()
                        .map(Plugged::service)
                        .filter(s -> s.equals(driver) || InFlight.isFor(s, driver))
                        .findFirst();
        plugged.ifPresent(slot::remove);
        plugged.ifPresent(d -> InFlight.drain(d, LAST_CALLS));
        return plugged;
    }

    /**
     * @param reference a driver's name, with or without a version
     * @return the driver; if it is not there in that version, in the best one
     * @throws Unavailable if it does not come within a moment
     */
    public D await(String reference) {
        return await(reference, held -> false);
    }

    /**
     * @param reference a driver's name, with or without a version
     * @param holder tells a driver that has what it is needed for, and thus goes before others
     * @return the driver
     * @throws Unavailable if it does not come within a moment
     */
    public D await(String reference, Predicate<? super D> holder) {
        return slot.await(all -> find(all, reference, holder))
                .orElseThrow(() -> missing(reference));
    }

    /**
     * @param reference a driver's name, with or without a version
     * @return the driver, whenever it comes
     */
    public D awaitForever(String reference) throws InterruptedException {
        return awaitForever(reference, held -> false);
    }

    /**
     * @param reference a driver's name, with or without a version
     * @param holder tells a driver that has what it is needed for, and thus goes before others
     * @return the driver, whenever it comes
     */
    public D awaitForever(String reference, Predicate<? super D> holder)
            throws InterruptedException {
        return slot.awaitForever(all -> find(all, reference, holder));
    }

    /**
     * @param reference the driver from the configuration, empty if it leaves the choice open; a
     *     version that it names is the only one that will do
     * @return the driver to use where nobody asks for another
     * @throws Unavailable if there is none that can work here
     */
    public D standard(String reference) {
        if (!reference.isEmpty()) {
            DriverReference wanted = DriverReference.parse(reference);
            return slot.await(all -> best(named(all, wanted).filter(wanted::fits)))
                    .map(Plugged::service)
                    .orElseThrow(() -> missing(reference));
        }
        return slot.await(this::firstUsable)
                .orElseThrow(() ->
                        new Unavailable(
                                "no "
                                        + kind
                                        + " driver can work here (there "
                                        + present()
                                        + "): see 'info' for the reasons"));
    }

    /**
     * @param reference a driver's name, with or without a version
     * @return what serves it now
     */
    public Optional<Plugged<D>> serving(String reference) {
        DriverReference wanted = DriverReference.parse(reference);
        List<Plugged<D>> all = slot.all();
        return best(named(all, wanted).filter(wanted::fits)).or(() -> best(named(all, wanted)));
    }

    /**
     * @param driver one that is there
     * @return a reference that names its version
     */
    public String reference(D driver) {
        return slot.all().stream()
                .filter(p -> p.service().equals(driver))
                .findFirst()
                .map(p -> new DriverReference(driver.name(), Optional.of(p.version())).toString())
                .orElse(driver.name());
    }

    private Optional<D> firstUsable(List<Plugged<D>> all) {
        return all.stream()
                .map(p -> p.service().name())
                .distinct()
                .flatMap(name -> named(all, DriverReference.parse(name)).sorted(bestFirst()))
                .map(Plugged::service)
                .filter(this::isUsable)
                .findFirst();
    }

    private boolean isUsable(D driver) {
        if (usable.contains(driver)) {
            return true;
        }
        boolean works = driver.probe().usable();
        if (works) {
            usable.add(driver);
        }
        return works;
    }

    private Optional<D> find(List<Plugged<D>> all, String reference, Predicate<? super D> holder) {
        DriverReference wanted = DriverReference.parse(reference);
        return named(all, wanted)
                .filter(p -> holder.test(p.service()))
                .findFirst()
                .or(() -> best(named(all, wanted).filter(wanted::fits)))
                .or(() -> best(named(all, wanted)))
                .map(Plugged::service);
    }

    private static <D extends Driver> Stream<Plugged<D>> named(
            List<Plugged<D>> all, DriverReference wanted) {
        return all.stream().filter(p -> p.service().name().equals(wanted.name()));
    }

    private static <D> Optional<Plugged<D>> best(Stream<Plugged<D>> ofOneName) {
        return ofOneName.min(bestFirst());
    }

    private static Comparator<Plugged<?>> bestFirst() {
        return Comparator.<Plugged<?>>comparingInt(Plugged::ranking)
                .thenComparing(Plugged::version)
                .reversed()
                .thenComparingLong(Plugged::age);
    }

    private Unavailable missing(String reference) {
        return new Unavailable(
                "there is no "
                        + kind
                        + " driver '"
                        + reference
                        + "' (there "
                        + present()
                        + "): start its bundle, or install it with 'driver install'");
    }

    private String present() {
        List<Plugged<D>> all = slot.all();
        return all.isEmpty()
                ? "are none"
                : "is "
                        + all.stream()
                                .map(p -> p.service().name())
                                .distinct()
                                .collect(Collectors.joining(", "));
    }
}
