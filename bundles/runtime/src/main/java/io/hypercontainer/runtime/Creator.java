// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.FileSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.log.ContainerLog;
import io.hypercontainer.runtime.log.LogRules;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.FileResolver;
import io.hypercontainer.runtime.spec.Grammar;
import io.hypercontainer.runtime.spec.HealthResolver;
import io.hypercontainer.runtime.spec.LimitRules;
import io.hypercontainer.runtime.spec.MountResolver;
import io.hypercontainer.runtime.spec.Resolved;
import io.hypercontainer.runtime.spec.SpecResolver;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.FileShelf;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.Supervision;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes containers in pods. */
final class Creator {
    private final Plugs plugs;
    private final ContainerStore store;
    private final FileShelf shelf;
    private final Index<ManagedContainer> index;
    private final Identities identities;
    private final DriverChoice drivers;
    private final VolumeService volumes;
    private final Remover remover;
    private final Happenings happenings;
    private final Supplier<Settings> settings;
    private final Clock clock;
    private final SpecResolver resolver;

    Creator(
            Plugs plugs,
            ContainerStore store,
            FileShelf shelf,
            Index<ManagedContainer> index,
            Identities identities,
            DriverChoice drivers,
            VolumeService volumes,
            Remover remover,
            Happenings happenings,
            Supplier<Settings> settings,
            Clock clock) {
        this.plugs = plugs;
        this.store = store;
        this.shelf = shelf;
        this.index = index;
        this.identities = identities;
        this.drivers = drivers;
        this.volumes = volumes;
        this.remover = remover;
        this.happenings = happenings;
        this.settings = settings;
        this.clock = clock;
        this.resolver = new SpecResolver(new MountResolver(identities::hex));
    }

    /**
     * A container of which all is decided and nothing is made.
     *
     * @param spec what the user wants
     * @param image its image
     * @param resolved what it does
     * @param supervision what is done when it ends, or is not well
     * @param form how its root file system gets into the machine
     * @param files what is put into it
     */
    record Draft(
            ContainerSpec spec,
            Image image,
            Resolved resolved,
            Supervision supervision,
            RootForm form,
            List<FileSpec> files) {}

    Image image(ContainerSpec spec) {
        Image image = plugs.images().await().get(spec.image());
        if (image.layers().isEmpty()) {
            throw new InvalidSpec(
                    "image '" + spec.image() + "' is empty: it has no program to run");
        }
        return image;
    }

    /** Decides all about a container for a pod. */
    Draft draft(ContainerSpec spec, Image image, PodRecord pod) {
        spec.name().filter(n -> !n.isEmpty()).ifPresent(Grammar::containerName);
        Resolved resolved = resolver.resolve(pod.hostname(), spec, image.config());
        return new Draft(
                spec,
                image,
                resolved,
                supervision(spec, image),
                drivers.form(pod.machine(), resolved),
                FileResolver.resolve(spec.files()));
    }

    private static Supervision supervision(ContainerSpec spec, Image image) {
        if (spec.autoRemove() && spec.restart().kind() != RestartPolicy.Kind.NO) {
            throw new InvalidSpec(
                    "a container that is removed when it ends cannot have the restart policy '"
                            + spec.restart()
                            + "'");
        }
        return new Supervision(
                spec.restart(),
                HealthResolver.resolve(spec.health(), image.config().healthcheck()),
                0,
                false);
    }

    /** Makes a container and adds it to its pod; if it fails nothing is left. */
    ManagedContainer create(Draft draft, String id, ManagedPod pod) {
        ManagedContainer container = reserve(draft, id, pod);
        try (Undo undo = new Undo()) {
            undo.add(() -> index.remove(container));
            make(container, draft, undo);
            undo.complete();
        }
        return container;
    }

    /** Deletes a container whose pod could not be made. */
    void discard(ManagedContainer container) {
        remover.forget(container);
        remover.discard(container, true);
    }

    private ManagedContainer reserve(Draft draft, String id, ManagedPod pod) {
        ContainerSpec spec = draft.spec();
        ContainerRecord.Options options =
                new ContainerRecord.Options(
                        spec.terminal(),
                        spec.stdin(),
                        spec.readOnly(),
                        spec.autoRemove(),
                        spec.privileged(),
                        spec.stopTimeout().orElse(settings.get().stopTimeout()),
                        LimitRules.within(spec.limits(), pod.record().machine().size()),
                        LogRules.resolve(spec.log()));
        while (true) {
            Optional<String> given = spec.name().filter(n -> !n.isEmpty());
            ContainerRecord record =
                    new ContainerRecord(
                            ContainerRecord.SCHEMA,
                            id,
                            given.orElseGet(
                                    () -> pod.record().single() ? pod.name() : identities.name()),
                            spec.image(),
                            draft.image().id(),
                            clock.instant(),
                            pod.id(),
                            pod.record().machine().storage(),
                            draft.resolved(),
                            options,
                            draft.supervision(),
                            new Phase.Creating());
            ManagedContainer container =
                    new ManagedContainer(
                            pod,
                            record,
                            ContainerLog.of(
                                    store.folder(id),
                                    id,
                                    LogRules.limits(options.log(), settings.get().log()),
                                    clock));
            try {
                index.add(container);
                return container;
            } catch (Conflict e) {
                if (given.isPresent() || pod.record().single()) {
                    throw e;
                }
                // Somebody else got the made-up name meanwhile: another one.
            }
        }
    }

    private void make(ManagedContainer container, Draft draft, Undo undo) {
        ContainerRecord record = container.record();
        Images images = plugs.images().await();
        StorageDriver storage = plugs.storage().await(record.storage());
        container.pod().containers().add(container);
        undo.add(() -> container.pod().containers().remove(container));
        // Written first: if the daemon ends here, its next start undoes what follows.
        store.create(record);
        undo.add(() -> remover.discard(container, true));
        shelf.save(record.id(), draft.files());
        images.provide(draft.image(), storage);
        volumes.provide(record);
        storage.prepareRoot(
                new RootSpec(
                        record.id(),
                        draft.image().layers(),
                        draft.spec().machine().rootBytes().orElse(0L),
                        record.options().readOnly() && draft.form() != RootForm.SINGLE_DISK,
                        draft.form()));
        ContainerRecord created = record.in(new Phase.Created());
        store.save(created);
        container.becomes(created);
        happenings.container(created, "create");
    }
}
