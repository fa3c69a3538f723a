// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.driver.ProvidesDriver;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.storage.StorageDriver;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleRevision;

/**
 * A driver that a bundle says it has.
 *
 * @param kind {@code hypervisor}, {@code storage} or {@code network}
 * @param name the driver's name
 */
record Provided(String kind, String name) {
    private static final Map<String, Class<? extends Driver>> CONTRACTS =
            Map.of(
                    "hypervisor", Hypervisor.class,
                    "storage", StorageDriver.class,
                    "network", NetworkDriver.class);

    /** {@return what the manifest of a bundle says} */
    static List<Provided> by(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision == null) {
            return List.of();
        }
        return revision.getDeclaredCapabilities(ProvidesDriver.NAMESPACE).stream()
                .map(c -> c.getAttributes())
                .map(a ->
                        new Provided(
                                Objects.toString(a.get("kind"), ""),
                                Objects.toString(a.get("name"), "")))
                .filter(p -> CONTRACTS.containsKey(p.kind) && !p.name.isEmpty())
                .distinct()
                .toList();
    }

    /** {@return the interface that it implements} */
    Class<? extends Driver> contract() {
        return Optional.<Class<? extends Driver>>ofNullable(CONTRACTS.get(kind))
                .orElseThrow(() -> new IllegalStateException("no kind of driver: " + kind));
    }

    @Override
    public String toString() {
        return kind + " driver '" + name + "'";
    }
}
