// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.storage.StorageDriver;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The storage drivers that are here now, best first. */
public final class StorageDrivers {
    private final ConcurrentSkipListMap<Rank, StorageDriver> drivers =
            new ConcurrentSkipListMap<>();
    private final String wanted;

    private record Rank(int ranking, long service) implements Comparable<Rank> {
        private static final Comparator<Rank> BEST_FIRST =
                Comparator.comparingInt(Rank::ranking).reversed().thenComparingLong(Rank::service);

        /** OSGi's order of services: the higher ranking first, then the older one. */
        static Rank of(Map<String, ?> properties) {
            return new Rank(
                    properties.get("service.ranking") instanceof Integer ranking ? ranking : 0,
                    properties.get("service.id") instanceof Long id ? id : 0);
        }

        @Override
        public int compareTo(Rank other) {
            return BEST_FIRST.compare(this, other);
        }
    }

    /**
     * @param wanted name of the driver that gets new images; empty for the best one
     */
    public StorageDrivers(String wanted) {
        this.wanted = wanted;
    }

    /**
     * @param driver a driver that has come
     * @param properties its service properties
     */
    public void add(StorageDriver driver, Map<String, ?> properties) {
        drivers.put(Rank.of(properties), driver);
    }

    /**
     * @param driver a driver that goes
     * @param properties its service properties
     */
    public void remove(StorageDriver driver, Map<String, ?> properties) {
        drivers.remove(Rank.of(properties), driver);
    }

    /** {@return all drivers} */
    public Collection<StorageDriver> all() {
        return List.copyOf(drivers.values());
    }

    /** {@return the driver that gets new images, if it is here} */
    public Optional<StorageDriver> preferred() {
        return drivers.values().stream()
                .filter(driver -> wanted.isEmpty() || driver.name().equals(wanted))
                .filter(driver -> driver.probe().usable())
                .findFirst();
    }
}
