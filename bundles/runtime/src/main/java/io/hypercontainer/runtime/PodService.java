// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.Pods;
import io.hypercontainer.runtime.store.PodPhase;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pods' facade: finds the pod, and leaves the work to whoever can do it. */
final class PodService implements Pods {
    private final Index<ManagedPod> index;
    private final PodCreator creator;
    private final PodEnder ender;
    private final PodChanger changer;
    private final Machines machines;
    private final Supervisor supervisor;
    private final Pauser pauser;
    private final Renamer renamer;
    private final Containers containers;
    private final Duration patience;

    /**
     * @param patience how long a guest is waited for that does not answer just now
     */
    PodService(
            Index<ManagedPod> index,
            PodCreator creator,
            PodEnder ender,
            PodChanger changer,
            Machines machines,
            Supervisor supervisor,
            Pauser pauser,
            Renamer renamer,
            Containers containers,
            Duration patience) {
        this.index = index;
        this.creator = creator;
        this.ender = ender;
        this.changer = changer;
        this.machines = machines;
        this.supervisor = supervisor;
        this.pauser = pauser;
        this.renamer = renamer;
        this.containers = containers;
        this.patience = patience;
    }

    @Override
    public Pod create(PodSpec spec) {
        return PodView.of(creator.create(spec));
    }

    @Override
    public void start(String name) throws CannotExecute {
        ManagedPod pod = index.find(name);
        if (!pod.record().single()) {
            boot(pod);
        }
        CannotExecute first = null;
        for (ManagedContainer container : pod.containers()) {
            try {
                containers.start(container.id());
            } catch (CannotExecute e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void boot(ManagedPod pod) {
        PodRun run = machines.start(pod);
        try {
            run.await(patience);
        } catch (HyperException e) {
            if (run.isOver()) {
                machines.clear(pod, run, String.valueOf(e.getMessage()));
            }
            throw e;
        }
        supervisor.supervise(pod, run);
    }

    @Override
    public void stop(String name, Optional<Duration> grace) {
        ender.stop(index.find(name), grace);
    }

    @Override
    public void kill(String name, String signal) {
        ManagedPod pod = index.find(name);
        List<ManagedContainer> running =
                pod.containers().stream().filter(ManagedContainer::isRunning).toList();
        if (running.isEmpty()) {
            throw new Conflict("nothing runs in pod " + pod.name());
        }
        running.forEach(c -> containers.kill(c.id(), signal));
    }

    @Override
    public void remove(String name, boolean force, boolean volumes) {
        ManagedPod pod = index.find(name);
        if (pod.record().single()) {
            containers.remove(pod.containers().getFirst().id(), force, volumes);
        } else {
            ender.remove(pod, force, volumes);
        }
    }

    @Override
    public void pause(String name) {
        pauser.pause(index.find(name));
    }

    @Override
    public void unpause(String name) {
        pauser.unpause(index.find(name));
    }

    @Override
    public Pod label(String name, Map<String, String> labels, boolean override) {
        return PodView.of(changer.label(index.find(name), labels, override));
    }

    @Override
    public Pod publish(String name, List<PortMapping> ports) {
        return PodView.of(changer.publish(index.find(name), ports));
    }

    @Override
    public Pod serve(String name, List<Service> services) {
        return PodView.of(changer.serve(index.find(name), services));
    }

    @Override
    public Pod resize(String name, Optional<Long> memoryBytes, Optional<Double> cpus) {
        return PodView.of(changer.resize(index.find(name), memoryBytes, cpus));
    }

    @Override
    public void rename(String name, String to) {
        renamer.rename(index.find(name), to);
    }

    @Override
    public List<Pod> list() {
        return index.all().stream()
                .filter(ManagedPod::isVisible)
                .filter(p -> !(p.record().phase() instanceof PodPhase.Removing))
                .map(PodView::of)
                .sorted(Comparator.comparing(Pod::created).reversed())
                .toList();
    }

    @Override
    public Pod get(String name) {
        return PodView.of(index.find(name));
    }
}
