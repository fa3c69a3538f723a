// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.MachineSize;
import io.hypercontainer.runtime.spec.PodResolver;
import io.hypercontainer.runtime.spec.PortResolver;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.PodPhase;
import io.hypercontainer.runtime.store.PodRecord;
import io.hypercontainer.runtime.store.PodStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes pods, whether they run or not. */
final class PodChanger {
    private final Plugs plugs;
    private final PodStore store;
    private final Plugger plugger;
    private final Happenings happenings;
    private final Duration patience;

    /**
     * @param patience how long a machine or guest is waited for that is not there just now
     */
    PodChanger(
            Plugs plugs,
            PodStore store,
            Plugger plugger,
            Happenings happenings,
            Duration patience) {
        this.plugs = plugs;
        this.store = store;
        this.plugger = plugger;
        this.happenings = happenings;
        this.patience = patience;
    }

    private void save(ManagedPod pod, PodRecord next) {
        if (pod.record().phase() instanceof PodPhase.Removing) {
            throw new Conflict("pod " + pod.name() + " is being removed");
        }
        store.save(next);
        pod.becomes(next);
        happenings.pod(next, "update");
    }

    ManagedPod label(ManagedPod pod, Map<String, String> labels, boolean override) {
        try (Held _ = pod.lock()) {
            Map<String, String> all = new HashMap<>(pod.record().labels());
            labels.forEach((name, value) -> {
                String before = all.put(name, value);
                if (before != null && !override) {
                    throw new Conflict(
                            "pod "
                                    + pod.name()
                                    + " has a label '"
                                    + name
                                    + "' already: its value is '"
                                    + before
                                    + "'");
                }
            });
            save(pod, pod.record().labelled(all));
            return pod;
        }
    }

    ManagedPod publish(ManagedPod pod, List<PortMapping> ports) {
        PortResolver.bounded(ports);
        if (pod.record().machine().networkDriver().isEmpty() && !ports.isEmpty()) {
            throw new InvalidSpec("ports cannot be published without a network");
        }
        Optional<PodRun> run = pod.awaitRun(patience);
        try (Held _ = pod.lock()) {
            Optional<MachineRecord> held = pod.held();
            if (run.isPresent() && held.isPresent() && held.get().endpoint().isPresent()) {
                publish(pod, run.get(), held.get(), held.get().endpoint().get(), ports);
            }
            save(pod, pod.record().publishing(ports));
            return pod;
        }
    }

    private void publish(
            ManagedPod pod,
            PodRun run,
            MachineRecord held,
            Endpoint before,
            List<PortMapping> ports) {
        NetworkDriver network = plugs.networks().await(before.driver());
        VirtualMachine machine = machine(pod, run);
        try (Undo undo = new Undo()) {
            undo.add(() -> network.publish(before, before.ports()));
            Endpoint now = network.publish(before, ports);
            if (now.backend() instanceof NicBackend.UserMode user
                    && !now.backend().equals(before.backend())) {
                machine.setForwards(MachinePlan.NIC, user.forwards());
            }
            plugger.hold(pod, held.with(now));
            undo.complete();
        }
    }

    ManagedPod serve(ManagedPod pod, List<Service> services) {
        PodResolver.services(services);
        Optional<PodRun> run = pod.awaitRun(patience);
        run.ifPresent(r -> r.await(patience).serve(services));
        try (Held _ = pod.lock()) {
            save(pod, pod.record().serving(services));
            return pod;
        }
    }

    ManagedPod resize(ManagedPod pod, Optional<Long> memoryBytes, Optional<Double> cpus) {
        Optional<PodRun> run = pod.awaitRun(patience);
        try (Held _ = pod.lock()) {
            String hypervisor = pod.record().machine().hypervisor();
            MachineSize before = pod.record().machine().size();
            MachineSize after =
                    new MachineSize(
                                    memoryBytes.orElse(before.memoryBytes()),
                                    cpus.orElse(before.cpus()))
                            .within(
                                    plugs.hypervisors()
                                            .serving(hypervisor)
                                            .map(d -> HostFacts.size(d.service()))
                                            .orElseGet(HostFacts::size));
            if (run.filter(r -> !r.isOver()).isPresent()) {
                resize(pod, run.get(), before, after);
            }
            save(pod, pod.record().on(pod.record().machine().sized(after)));
            return pod;
        }
    }

    private void resize(ManagedPod pod, PodRun run, MachineSize before, MachineSize after) {
        boolean memory = before.memoryBytes() != after.memoryBytes();
        boolean processors = before.virtualCpus() != after.virtualCpus();
        Hypervisor hypervisor =
                plugs.hypervisors().await(run.machine().hypervisor(), run.machine()::isHeldBy);
        need(hypervisor, memory, Capability.RESIZE_MEMORY);
        need(hypervisor, processors, Capability.RESIZE_CPUS);
        VirtualMachine machine = machine(pod, run);
        try (Undo undo = new Undo()) {
            if (memory) {
                machine.setMemory(after.memoryBytes());
                undo.add(() -> machine.setMemory(before.memoryBytes()));
            }
            if (processors) {
                machine.setCpus(after.virtualCpus());
            }
            undo.complete();
        }
    }

    private static void need(Hypervisor hypervisor, boolean needed, Capability capability) {
        if (needed && !hypervisor.capabilities().contains(capability)) {
            throw new Unsupported("hypervisor " + hypervisor.name(), capability);
        }
    }

    private VirtualMachine machine(ManagedPod pod, PodRun run) {
        return run.machine()
                .with(
                        plugs.hypervisors()
                                .await(run.machine().hypervisor(), run.machine()::isHeldBy))
                .orElseThrow(() ->
                        new Conflict(
                                "the machine of pod " + pod.record().shortId() + " has ended"));
    }
}
