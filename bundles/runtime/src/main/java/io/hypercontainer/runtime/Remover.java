// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes containers that do not run, and pods that were made for them. */
final class Remover {
    private static final Logger LOG = LoggerFactory.getLogger(Remover.class);

    private final Plugs plugs;
    private final ContainerStore store;
    private final PodStore pods;
    private final Index<ManagedContainer> containerIndex;
    private final Index<ManagedPod> podIndex;
    private final Machines machines;
    private final VolumeService volumeService;
    private final Happenings happenings;

    Remover(
            Plugs plugs,
            ContainerStore store,
            PodStore pods,
            Index<ManagedContainer> containerIndex,
            Index<ManagedPod> podIndex,
            Machines machines,
            VolumeService volumeService,
            Happenings happenings) {
        this.plugs = plugs;
        this.store = store;
        this.pods = pods;
        this.containerIndex = containerIndex;
        this.podIndex = podIndex;
        this.machines = machines;
        this.volumeService = volumeService;
        this.happenings = happenings;
    }

    /**
     * Decides that a container is gone: from now on nobody finds it, and its name is free. So it is
     * with a pod that was made for it.
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
        forget(container);
        container.becomes(removing);
    }

    /** From now on nobody finds a container. */
    void forget(ManagedContainer container) {
        containerIndex.remove(container);
        if (container.pod().record().single()) {
            podIndex.remove(container.pod());
        }
    }

    /**
     * Does what can fail for want of a driver, so that nothing is decided that can't be done.
     *
     * @throws Unavailable if a driver is missing
     */
    void prepare(ManagedContainer container) {
        plugs.storage().await(container.record().storage());
        machines.release(container);
    }

    /** Deletes all of a container for whose removal {@link #decide} decided. */
    void finish(ManagedContainer container) {
        machines.release(container);
        boolean volumes =
                !(container.record().phase() instanceof Phase.Removing removing)
                        || removing.volumes();
        discard(container, volumes);
        happenings.container(container.record(), "destroy");
    }

    /** Deletes what was made for a container, and then its record. */
    void discard(ManagedContainer container, boolean volumes) {
        ContainerRecord record = container.record();
        StorageDriver storage = plugs.storage().await(record.storage());
        storage.releaseRoot(record.id());
        if (volumes) {
            volumeService.discard(record);
        }
        store.delete(record.id());
        container.pod().containers().remove(container);
        if (container.pod().record().single()) {
            pods.delete(record.pod());
        }
    }
}
