// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes containers that do not run. */
final class Remover {
    private static final Logger LOG = LoggerFactory.getLogger(Remover.class);

    private final Plugs plugs;
    private final ContainerStore store;
    private final ContainerIndex index;
    private final Leftovers leftovers;

    Remover(Plugs plugs, ContainerStore store, ContainerIndex index, Leftovers leftovers) {
        this.plugs = plugs;
        this.store = store;
        this.index = index;
        this.leftovers = leftovers;
    }

    /**
     * Decides that a container is gone: from now on nobody finds it, and its name is free.
     *
     * @param volumes whether its anonymous volumes go too
     */
    void decide(ManagedContainer container, boolean volumes) {
        ContainerRecord removing = container.record().in(new Phase.Removing(volumes));
        try {
            store.save(removing);
        } catch (Unavailable e) {
            // On a full disk, removing is what helps: it goes on without a promise to finish it.
            LOG.warn("{}", e.getMessage());
        }
        index.remove(container);
        container.becomes(removing);
    }

    /**
     * Does what can fail for want of a driver, so that nothing is decided that can't be done.
     *
     * @throws Unavailable if a driver is missing
     */
    void prepare(ManagedContainer container) {
        plugs.storage().await(container.record().machine().storage());
        leftovers.clear(container, Optional.empty());
    }

    /** Deletes all of a container for whose removal {@link #decide} decided. */
    void finish(ManagedContainer container) {
        leftovers.clear(container, Optional.empty());
        boolean volumes =
                !(container.record().phase() instanceof Phase.Removing removing)
                        || removing.volumes();
        discard(container.record(), volumes);
    }

    /** Deletes what was made for a container, and then its record. */
    void discard(ContainerRecord container, boolean volumes) {
        StorageDriver storage = plugs.storage().await(container.machine().storage());
        storage.releaseRoot(container.id());
        if (volumes) {
            container
                    .volumes()
                    .filter(Mounted.InVolume::anonymous)
                    .forEach(v -> storage.removeVolume(v.name()));
        }
        store.delete(container.id());
    }
}
