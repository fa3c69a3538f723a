// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.storage.StorageUsage;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Who takes the pool's blocks. A device counts with what it has beyond what it was made of; what is
 * left over belongs to images.
 */
final class Usage {
    private final Store store;

    Usage(Store store) {
        this.store = store;
    }

    StorageUsage measure() throws IOException {
        long all = store.pool().status().used() * store.pool().block();
        long roots = own(Kind.ROOT);
        long volumes = own(Kind.VOLUME);
        return new StorageUsage(Math.max(0, all - roots - volumes), roots, volumes);
    }

    private long own(Kind kind) throws IOException {
        Set<Integer> active = new HashSet<>(store.devices().active());
        long sum = 0;
        for (String name : store.ledger().names(kind)) {
            var record = store.ledger().find(kind, name);
            if (record.isPresent() && active.contains(record.get().thin())) {
                long mapped = store.pool().mapped(record.get().thin());
                sum += Math.max(0, mapped - record.get().shared());
            }
        }
        return sum;
    }
}
