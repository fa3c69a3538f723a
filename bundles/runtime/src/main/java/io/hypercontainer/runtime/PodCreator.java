// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.runtime.spec.Grammar;
import io.hypercontainer.runtime.spec.PodResolver;
import io.hypercontainer.runtime.spec.PortResolver;
import io.hypercontainer.runtime.store.PodPhase;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.PodStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes pods, with their first containers or for a single one. */
final class PodCreator {
    private static final int MOST_CONTAINERS = 64;

    private final PodStore store;
    private final Index<ManagedPod> index;
    private final Identities identities;
    private final DriverChoice drivers;
    private final Creator creator;
    private final Happenings happenings;
    private final Clock clock;

    PodCreator(
            PodStore store,
            Index<ManagedPod> index,
            Identities identities,
            DriverChoice drivers,
            Creator creator,
            Happenings happenings,
            Clock clock) {
        this.store = store;
        this.index = index;
        this.identities = identities;
        this.drivers = drivers;
        this.creator = creator;
        this.happenings = happenings;
        this.clock = clock;
    }

    /** Makes a container, and a pod for it unless it names one. */
    ManagedContainer create(ContainerSpec spec) {
        Image image = creator.image(spec);
        return spec.pod().isPresent()
                ? createIn(index.find(spec.pod().get()), spec, image)
                : createSingle(spec, image);
    }

    private ManagedContainer createIn(ManagedPod pod, ContainerSpec spec, Image image) {
        if (pod.record().single()) {
            throw new Conflict(
                    "pod "
                            + pod.name()
                            + " was made for one container: make a pod for several with 'pod"
                            + " create'");
        }
        checkInPod(spec);
        Creator.Draft draft = creator.draft(spec, image, pod.record());
        // A pod that is being removed gets no further containers.
        try (Held _ = pod.lock()) {
            if (pod.record().phase() instanceof PodPhase.Removing) {
                throw new Conflict("pod " + pod.name() + " is being removed");
            }
            if (pod.containers().size() >= MOST_CONTAINERS) {
                throw new Conflict(
                        "pod " + pod.name() + " has " + MOST_CONTAINERS + " containers already");
            }
            return creator.create(draft, identities.id(), pod);
        }
    }

    private static void checkInPod(ContainerSpec spec) {
        MachineSpec machine = spec.machine();
        boolean sized =
                !new MachineSpec(
                                machine.hypervisor(),
                                machine.storage(),
                                machine.network(),
                                machine.memoryBytes(),
                                machine.cpus(),
                                Optional.empty(),
                                machine.requireHardware())
                        .equals(MachineSpec.DEFAULT);
        if (sized || !spec.ports().isEmpty() || spec.publishAll() || spec.hostname().isPresent()) {
            throw new InvalidSpec(
                    "drivers, memory, CPUs, network, ports and host name are those of the pod and"
                            + " cannot be given for a container in it");
        }
    }

    private ManagedContainer createSingle(ContainerSpec spec, Image image) {
        Optional<String> given = spec.name().filter(n -> !n.isEmpty());
        given.ifPresent(Grammar::containerName);
        String id = identities.id();
        PodRecord record =
                new PodRecord(
                        PodRecord.SCHEMA,
                        id,
                        given.orElseGet(identities::name),
                        clock.instant(),
                        Grammar.hostname(
                                spec.hostname()
                                        .filter(h -> !h.isEmpty())
                                        .orElse(id.substring(0, 12))),
                        Map.of(),
                        drivers.machine(spec.machine()),
                        PortResolver.resolve(spec, image.config()),
                        Dns.OF_NETWORK,
                        List.of(),
                        true,
                        new PodPhase.Created());
        Creator.Draft draft = creator.draft(spec, image, record);
        ManagedPod pod = new ManagedPod(record, Optional.empty());
        try (Undo undo = new Undo()) {
            add(pod, undo);
            ManagedContainer container = creator.create(draft, id, pod);
            undo.complete();
            return container;
        }
    }

    private void add(ManagedPod pod, Undo undo) {
        index.add(pod);
        undo.add(() -> index.remove(pod));
        // Written first: if the daemon ends here, its next start undoes what follows.
        undo.add(() -> store.delete(pod.id()));
        store.create(pod.record());
    }

    ManagedPod create(PodSpec spec) {
        if (spec.containers().size() > MOST_CONTAINERS) {
            throw new InvalidSpec(
                    spec.containers().size()
                            + " containers are more than the "
                            + MOST_CONTAINERS
                            + " that a pod can have");
        }
        Optional<String> given = spec.name().filter(n -> !n.isEmpty());
        given.ifPresent(Grammar::podName);
        String name = given.orElseGet(identities::name);
        PodRecord record =
                new PodRecord(
                        PodRecord.SCHEMA,
                        identities.id(),
                        name,
                        clock.instant(),
                        PodResolver.hostname(spec.hostname(), name),
                        spec.labels(),
                        drivers.machine(spec.machine()),
                        PodResolver.ports(spec),
                        PodResolver.dns(spec.dns()),
                        PodResolver.services(spec.services()),
                        false,
                        new PodPhase.Creating());
        List<Creator.Draft> drafts = new ArrayList<>();
        for (ContainerSpec container : spec.containers()) {
            checkInPod(container);
            drafts.add(creator.draft(container, creator.image(container), record));
        }
        ManagedPod pod = new ManagedPod(record, Optional.empty());
        try (Undo undo = new Undo()) {
            add(pod, undo);
            for (Creator.Draft draft : drafts) {
                ManagedContainer container = creator.create(draft, identities.id(), pod);
                undo.add(() -> creator.discard(container));
            }
            PodRecord created = record.in(new PodPhase.Created());
            store.save(created);
            pod.becomes(created);
            undo.complete();
            happenings.pod(created, "create");
            return pod;
        }
    }
}
