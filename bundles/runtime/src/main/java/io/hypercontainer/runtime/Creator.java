// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.log.ContainerLog;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.Grammar;
import io.hypercontainer.runtime.spec.MachineSize;
import io.hypercontainer.runtime.spec.MadeUpNames;
import io.hypercontainer.runtime.spec.MountResolver;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.spec.Resolved;
import io.hypercontainer.runtime.spec.SpecResolver;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes containers. */
final class Creator {
    /** In the order of preference. */
    private static final List<RootForm> FORMS =
            List.of(RootForm.BLOCK_LAYERS, RootForm.SINGLE_DISK, RootForm.SHARED_DIRECTORY);

    private final Plugs plugs;
    private final ContainerStore store;
    private final ContainerIndex index;
    private final Remover remover;
    private final Supplier<Settings> settings;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final SpecResolver resolver = new SpecResolver(new MountResolver(this::hex));

    Creator(
            Plugs plugs,
            ContainerStore store,
            ContainerIndex index,
            Remover remover,
            Supplier<Settings> settings,
            Clock clock) {
        this.plugs = plugs;
        this.store = store;
        this.index = index;
        this.remover = remover;
        this.settings = settings;
        this.clock = clock;
    }

    ManagedContainer create(ContainerSpec spec) {
        spec.name().filter(n -> !n.isEmpty()).ifPresent(Grammar::containerName);
        Images images = plugs.images().await();
        Image image = images.get(spec.image());
        if (image.layers().isEmpty()) {
            throw new InvalidSpec(
                    "image '" + spec.image() + "' is empty: it has no program to run");
        }
        String id = newId();
        Resolved resolved = resolver.resolve(id, spec, image.config());
        ContainerRecord.Machine machine = machine(spec.machine());
        RootForm form = check(machine, resolved);
        ManagedContainer container = reserve(spec, image, id, resolved, machine);
        make(container, images, image, form, spec.machine().rootBytes().orElse(0L));
        return container;
    }

    private String newId() {
        String id = hex();
        // Folders of machines are named by the beginning of an id.
        while (index.isUsed(id.substring(0, 12))) {
            id = hex();
        }
        return id;
    }

    private String hex() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private ContainerRecord.Machine machine(MachineSpec spec) {
        Settings defaults = settings.get();
        MachineSize size =
                new MachineSize(
                                spec.memoryBytes().orElse(defaults.memoryBytes()),
                                spec.cpus().orElse(defaults.cpus()))
                        .within(HostFacts.memoryBytes(), HostFacts.cpus());
        String network = spec.network().orElse(defaults.network());
        Plugs.Choice choice =
                network.equals("none") ? new Plugs.Choice("none", "") : plugs.network(network);
        return new ContainerRecord.Machine(
                hypervisor(spec.hypervisor().orElse(defaults.hypervisor())),
                plugs.storage().standard(spec.storage().orElse(defaults.storage())).name(),
                choice.network(),
                choice.driver(),
                size,
                spec.requireHardware(),
                Optional.empty());
    }

    /** A version that somebody asked for is kept for all starts. */
    private String hypervisor(String wanted) {
        String name = plugs.hypervisors().standard(wanted).name();
        return wanted.isEmpty() ? name : wanted;
    }

    /** {@return the form in which the root file system gets into the machine} */
    private RootForm check(ContainerRecord.Machine machine, Resolved resolved) {
        Hypervisor hypervisor = plugs.hypervisors().await(machine.hypervisor());
        boolean shares = hypervisor.capabilities().contains(Capability.SHARE);
        if (!shares && resolved.mounts().stream().anyMatch(Mounted.OfHost.class::isInstance)) {
            throw new Unsupported("hypervisor " + hypervisor.name(), Capability.SHARE);
        }
        StorageDriver storage = plugs.storage().await(machine.storage());
        return FORMS.stream()
                .filter(storage.forms()::contains)
                .filter(f -> shares || f != RootForm.SHARED_DIRECTORY)
                .findFirst()
                .orElseThrow(() ->
                        new Unsupported(
                                "hypervisor " + hypervisor.name(),
                                "what storage driver "
                                        + storage.name()
                                        + " delivers: "
                                        + storage.forms()));
    }

    private ManagedContainer reserve(
            ContainerSpec spec,
            Image image,
            String id,
            Resolved resolved,
            ContainerRecord.Machine machine) {
        ContainerRecord.Options options =
                new ContainerRecord.Options(
                        spec.terminal(),
                        spec.stdin(),
                        spec.readOnly(),
                        spec.autoRemove(),
                        spec.privileged(),
                        spec.stopTimeout().orElse(settings.get().stopTimeout()));
        while (true) {
            Optional<String> given = spec.name().filter(n -> !n.isEmpty());
            ContainerRecord record =
                    new ContainerRecord(
                            ContainerRecord.SCHEMA,
                            id,
                            given.orElseGet(this::freeName),
                            spec.image(),
                            image.id(),
                            clock.instant(),
                            resolved,
                            options,
                            machine,
                            new Phase.Creating());
            ManagedContainer container =
                    new ManagedContainer(
                            record,
                            Optional.empty(),
                            new ContainerLog(store.folder(id), id, settings.get().log(), clock));
            try {
                index.add(container);
                return container;
            } catch (Conflict e) {
                if (given.isPresent()) {
                    throw e;
                }
                // Somebody else got the made-up name meanwhile: another one.
            }
        }
    }

    private String freeName() {
        String name = MadeUpNames.next(random);
        while (index.isTaken(name)) {
            name = MadeUpNames.next(random) + random.nextInt(10);
        }
        return name;
    }

    private void make(
            ManagedContainer container, Images images, Image image, RootForm form, long rootBytes) {
        ContainerRecord record = container.record();
        StorageDriver storage = plugs.storage().await(record.machine().storage());
        try (Undo undo = new Undo()) {
            undo.add(() -> index.remove(container));
            // Written first: if the daemon ends here, its next start undoes what follows.
            store.create(record);
            undo.add(() -> remover.discard(record, true));
            images.provide(image, storage);
            record.volumes().forEach(v -> makeVolume(storage, v));
            storage.prepareRoot(
                    new RootSpec(
                            record.id(),
                            image.layers(),
                            rootBytes,
                            record.options().readOnly(),
                            form));
            ContainerRecord created = record.in(new Phase.Created());
            store.save(created);
            container.becomes(created);
            undo.complete();
        }
    }

    private static void makeVolume(StorageDriver storage, Mounted.InVolume volume) {
        if (storage.volumes().stream().anyMatch(v -> v.name().equals(volume.name()))) {
            return;
        }
        try {
            storage.createVolume(volume.name(), 0);
        } catch (Conflict e) {
            if (volume.anonymous()) {
                throw e;
            }
            // Another container made it meanwhile: it is the same volume.
        }
    }
}
