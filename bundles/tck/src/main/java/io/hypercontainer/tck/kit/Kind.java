// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.storage.StorageDriver;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a driver drives. */
public enum Kind {
    /** It starts machines. */
    HYPERVISOR(Hypervisor.class),
    /** It keeps layers, root file systems and volumes. */
    STORAGE(StorageDriver.class),
    /** It connects pods. */
    NETWORK(NetworkDriver.class);

    private final Class<? extends Driver> service;

    Kind(Class<? extends Driver> service) {
        this.service = service;
    }

    /** {@return the interface under which such drivers are published} */
    public Class<? extends Driver> service() {
        return service;
    }

    /** {@return the kind with this word} */
    public static Optional<Kind> of(String word) {
        return Arrays.stream(values()).filter(k -> k.toString().equals(word)).findFirst();
    }

    /** {@return its word in manifests and commands} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
