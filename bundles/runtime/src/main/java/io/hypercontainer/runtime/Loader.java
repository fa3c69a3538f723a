// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.log.ContainerLog;
import io.hypercontainer.runtime.log.LogRules;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.ContainerStore;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodPhase;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.PodStore;
import io.hypercontainer.runtime.store.RecordStore;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads what an earlier daemon left on disk. */
final class Loader {
    private final ContainerStore containerStore;
    private final PodStore podStore;
    private final Index<ManagedContainer> containers;
    private final Index<ManagedPod> pods;
    private final Problems problems;
    private final Supplier<Settings> settings;
    private final Clock clock;

    Loader(
            ContainerStore containerStore,
            PodStore podStore,
            Index<ManagedContainer> containers,
            Index<ManagedPod> pods,
            Problems problems,
            Supplier<Settings> settings,
            Clock clock) {
        this.containerStore = containerStore;
        this.podStore = podStore;
        this.containers = containers;
        this.pods = pods;
        this.problems = problems;
        this.settings = settings;
        this.clock = clock;
    }

    /** {@return all pods that are to be looked after, with their containers} */
    List<ManagedPod> load() {
        RecordStore.Contents<PodRecord> foundPods = podStore.load();
        RecordStore.Contents<ContainerRecord> foundContainers = containerStore.load();
        foundPods.problems().forEach(this::report);
        foundContainers.problems().forEach(this::report);
        Map<String, ManagedPod> all = new LinkedHashMap<>();
        for (PodRecord record : foundPods.records()) {
            all.put(
                    record.id(),
                    new ManagedPod(record, podStore.machine(record.id(), this::report)));
        }
        foundContainers.records().stream()
                .sorted(Comparator.comparing(ContainerRecord::created))
                .forEach(record -> add(record, all));
        all.values().removeIf(this::isDamaged);
        all.values().forEach(this::index);
        return List.copyOf(all.values());
    }

    private void report(RecordStore.Problem problem) {
        problems.report(problem.path(), problem.line());
    }

    private void add(ContainerRecord record, Map<String, ManagedPod> all) {
        ManagedPod pod = all.get(record.pod());
        if (pod == null) {
            problems.report(
                    containerStore.folder(record.id()),
                    "container "
                            + record.shortId()
                            + " is in pod "
                            + record.pod()
                            + " whose record is missing: repair that, or delete this folder");
            return;
        }
        if (pod.record().single() && !pod.name().equals(record.name())) {
            // It was renamed when the daemon ended.
            pod.becomes(pod.record().named(record.name()));
        }
        pod.containers()
                .add(
                        new ManagedContainer(
                                pod,
                                record,
                                ContainerLog.of(
                                        containerStore.folder(record.id()),
                                        record.id(),
                                        LogRules.limits(
                                                record.options().log(), settings.get().log()),
                                        clock)));
    }

    /** A pod that was made for a container whose record was set aside is left as it is. */
    private boolean isDamaged(ManagedPod pod) {
        return pod.record().single()
                && pod.containers().isEmpty()
                && Files.exists(containerStore.folder(pod.id()));
    }

    private void index(ManagedPod pod) {
        if (!(pod.record().phase() instanceof PodPhase.Removing)) {
            index(pods, pod, name -> pod.becomes(pod.record().named(name)));
        }
        for (ManagedContainer container : pod.containers()) {
            if (!(container.record().phase() instanceof Phase.Removing)) {
                index(
                        containers,
                        container,
                        name -> container.changed(container.record().named(name)));
            }
        }
    }

    /** Of two that claim a name, as only a damaged record does, neither is lost. */
    private <T extends Indexed> void index(Index<T> index, T object, Consumer<String> rename) {
        try {
            index.add(object);
        } catch (Conflict e) {
            String before = object.name();
            rename.accept(before + "-" + object.id().substring(0, 12));
            index.add(object);
            problems.report(
                    "name " + object.id(),
                    e.getMessage()
                            + "; meanwhile "
                            + object.id().substring(0, 12)
                            + " is called "
                            + object.name());
        }
    }
}
