// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.Wiring;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares containers with their images. A root file system on one disk does not tell what was
 * changed: its machine gets what it was at first as another disk, made like a container's. What the
 * machine is wired with tells of that disk from before it is made until it is gone.
 */
final class Comparer {
    private static final Logger LOG = LoggerFactory.getLogger(Comparer.class);

    private final Plugs plugs;
    private final Plugger plugger;
    private final Identities identities;

    Comparer(Plugs plugs, Plugger plugger, Identities identities) {
        this.plugs = plugs;
        this.plugger = plugger;
        this.identities = identities;
    }

    List<Change> changes(ManagedContainer container, PodRun run, GuestAgent agent) {
        return compare(
                container,
                run,
                image ->
                        image.map(i -> agent.changes(container.id(), i))
                                .orElseGet(() -> agent.changes(container.id())));
    }

    void readChanges(
            ManagedContainer container,
            PodRun run,
            GuestAgent agent,
            boolean halted,
            OutputStream sink) {
        compare(
                container,
                run,
                image -> {
                    agent.readChanges(container.id(), image, halted, sink);
                    return sink;
                });
    }

    /**
     * @param work compares, with what the root was at first if it does not tell itself
     */
    private <T> T compare(
            ManagedContainer container,
            PodRun run,
            Function<Optional<GuestRoot.SingleDisk>, T> work) {
        ContainerRecord record = container.record();
        StorageDriver storage = plugs.storage().await(record.storage());
        Optional<Root> root = storage.root(record.id());
        if (root.isPresent() && root.get() instanceof Root.SingleDisk single) {
            RootSpec original = original(record, single.disk().length());
            return withOriginal(container, run, storage, original, work);
        }
        return work.apply(Optional.empty());
    }

    private <T> T withOriginal(
            ManagedContainer container,
            PodRun run,
            StorageDriver storage,
            RootSpec original,
            Function<Optional<GuestRoot.SingleDisk>, T> work) {
        ManagedPod pod = container.pod();
        try (Held _ = pod.lockComparison()) {
            GuestRoot.SingleDisk image;
            try (Held _ = pod.lock()) {
                image =
                        plugger.plugInOriginal(
                                pod, run, original.container(), () -> made(storage, original));
            }
            try {
                return work.apply(Optional.of(image));
            } finally {
                giveBack(pod, run, original.container());
            }
        }
    }

    /** A file system of another size would be another file system. */
    private RootSpec original(ContainerRecord record, long size) {
        return new RootSpec(
                Wiring.ORIGINAL + identities.hex(),
                image(record).layers(),
                size,
                true,
                RootForm.SINGLE_DISK);
    }

    private Image image(ContainerRecord record) {
        try {
            return plugs.images().await().get(record.imageId());
        } catch (NotFound e) {
            throw new NotFound(
                    "the image of container "
                            + record.shortId()
                            + " was removed, and there is nothing to compare its files with: "
                            + e.getMessage());
        }
    }

    private static Root.SingleDisk made(StorageDriver storage, RootSpec spec) {
        if (storage.prepareRoot(spec) instanceof Root.SingleDisk disk) {
            return disk;
        }
        throw new DriverFailure(
                "storage driver " + storage.name() + " did not make one disk, as it was asked to");
    }

    /** What cannot be given back now is when the machine is changed next, or ends. */
    private void giveBack(ManagedPod pod, PodRun run, String original) {
        // An interrupted thread has to give it back, too.
        boolean interrupted = Thread.interrupted();
        try (Held _ = pod.lock()) {
            plugger.plugOutOriginal(pod, run, original);
        } catch (HyperException e) {
            LOG.warn(
                    "{}, which pod {} got to be compared with, is still there: {}",
                    original,
                    pod.record().shortId(),
                    e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
