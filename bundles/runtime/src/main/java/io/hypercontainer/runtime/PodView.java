// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.store.PodPhase;
import io.hypercontainer.runtime.store.PodRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A pod's record as users see it. */
final class PodView {
    private PodView() {}

    static Pod of(ManagedPod pod) {
        PodRecord r = pod.record();
        return new Pod(
                r.id(),
                r.name(),
                r.created(),
                state(pod),
                r.hostname(),
                r.labels(),
                machine(pod),
                ports(pod),
                r.dns(),
                r.services(),
                pod.containers().stream()
                        .filter(ManagedContainer::isMade)
                        .map(ManagedContainer::id)
                        .toList(),
                r.single());
    }

    private static PodState state(ManagedPod pod) {
        if (pod.record().single()) {
            return pod.containers().isEmpty()
                    ? new PodState.Created()
                    : single(pod, pod.containers().getFirst());
        }
        return switch (pod.record().phase()) {
            case PodPhase.Running r ->
                    alive(pod, pod.held().map(MachineRecord::since).orElse(pod.record().created()));
            case PodPhase.Stopped s -> new PodState.Stopped(s.error());
            case PodPhase.Creating c -> new PodState.Created();
            case PodPhase.Created c -> new PodState.Created();
            case PodPhase.Removing r -> new PodState.Stopped("");
        };
    }

    private static PodState single(ManagedPod pod, ManagedContainer container) {
        return switch (container.record().phase()) {
            case Phase.Running r -> alive(pod, r.since());
            case Phase.Exited e -> new PodState.Stopped(e.error());
            default -> new PodState.Created();
        };
    }

    private static PodState alive(ManagedPod pod, Instant since) {
        return pod.run().filter(PodRun::isPaused).isPresent()
                ? new PodState.Paused(since)
                : new PodState.Running(since);
    }

    private static Optional<Endpoint> endpoint(ManagedPod pod) {
        return pod.held().flatMap(MachineRecord::endpoint);
    }

    /** {@return what is published, with the host ports that were chosen while it runs} */
    static List<PortMapping> ports(ManagedPod pod) {
        return endpoint(pod).map(Endpoint::ports).orElse(pod.record().ports());
    }

    static Container.Machine machine(ManagedPod pod) {
        PodRecord.Machine machine = pod.record().machine();
        return new Container.Machine(
                machine.hypervisor(),
                machine.storage(),
                machine.network(),
                endpoint(pod)
                        .flatMap(e -> e.addresses().stream().findFirst())
                        .map(a -> a.replaceFirst("/.*", "")),
                machine.size().memoryBytes(),
                machine.size().cpus(),
                machine.isolation());
    }
}
