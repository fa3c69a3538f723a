// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.Phase;
import java.util.Optional;

/** A container's record as users see it. */
final class ContainerView {
    private ContainerView() {}

    static Container of(ContainerRecord r, ManagedPod pod, Optional<Health> health) {
        return new Container(
                r.id(),
                r.name(),
                r.image(),
                r.imageId(),
                r.created(),
                state(r.phase(), pod),
                r.spec().args(),
                r.spec().env(),
                r.spec().user(),
                r.spec().workdir(),
                pod.record().hostname(),
                r.spec().labels(),
                r.spec().mounts().stream().map(ContainerView::mount).toList(),
                PodView.ports(pod),
                r.spec().exposedPorts(),
                r.options().terminal(),
                r.options().stdin(),
                r.options().readOnly(),
                r.options().autoRemove(),
                r.options().privileged(),
                r.spec().stopSignal(),
                r.options().stopTimeout(),
                PodView.machine(pod),
                r.pod(),
                r.supervision().policy(),
                r.supervision().restarts(),
                r.supervision().healthCheck(),
                health,
                r.options().limits(),
                r.options().log());
    }

    private static ContainerState state(Phase phase, ManagedPod pod) {
        return switch (phase) {
            case Phase.Running r ->
                    pod.run().filter(PodRun::isPaused).isPresent()
                            ? new ContainerState.Paused(r.since())
                            : new ContainerState.Running(r.since());
            case Phase.Restarting e -> new ContainerState.Restarting(e.started(), e.status());
            case Phase.Exited e -> new ContainerState.Exited(e.started(), e.status(), e.error());
            case Phase.Creating c -> new ContainerState.Created();
            case Phase.Created c -> new ContainerState.Created();
            case Phase.Removing r -> new ContainerState.Created();
        };
    }

    private static Container.Mount mount(Mounted mounted) {
        return switch (mounted) {
            case Mounted.InVolume v ->
                    new Container.Mount(
                            "volume", v.name(), "", v.target(), v.readOnly(), v.anonymous());
            case Mounted.OfHost h ->
                    new Container.Mount("bind", "", h.source(), h.target(), h.readOnly(), false);
            case Mounted.InMemory m ->
                    new Container.Mount("tmpfs", "", "", m.target(), m.options().readOnly(), false);
        };
    }
}
