// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.plug;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Driver;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;

/** Drivers of one kind, by name. */
public final class DriverSlot<D extends Driver> {
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
     * @param name a driver's name
     * @return the driver
     * @throws Unavailable if it does not come within a moment
     */
    public D await(String name) {
        return slot.await(all -> named(all, name))
                .orElseThrow(() ->
                        new Unavailable(
                                "there is no "
                                        + kind
                                        + " driver '"
                                        + name
                                        + "' (there "
                                        + present()
                                        + "): start its bundle"));
    }

    /**
     * @param name a driver's name
     * @return the driver, whenever it comes
     */
    public D awaitForever(String name) throws InterruptedException {
        return slot.awaitForever(all -> named(all, name));
    }

    /**
     * @param name the name from the configuration, empty if it leaves the choice open
     * @return the driver to use where nobody asks for another
     * @throws Unavailable if there is none that can work here
     */
    public D standard(String name) {
        if (!name.isEmpty()) {
            return await(name);
        }
        return slot.await(all ->
                        all.stream().map(Plugged::service).filter(this::isUsable).findFirst())
                .orElseThrow(() ->
                        new Unavailable(
                                "no "
                                        + kind
                                        + " driver can work here (there "
                                        + present()
                                        + "): see 'info' for the reasons"));
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

    private Optional<D> named(List<Plugged<D>> all, String name) {
        return all.stream().map(Plugged::service).filter(d -> d.name().equals(name)).findFirst();
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
