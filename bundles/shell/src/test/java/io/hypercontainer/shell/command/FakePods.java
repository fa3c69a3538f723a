// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.api.runtime.Pods;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pods in memory; it notes what was asked for. */
final class FakePods implements Pods {
    private static final int FIRST_FREE = 40000;

    final List<Pod> all = new ArrayList<>();
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final List<PodSpec> specs = new ArrayList<>();
    @Nullable CannotExecute cannotExecute;
    @Nullable RuntimeException failure;
    private final FakeContainers containers;

    FakePods(FakeContainers containers) {
        this.containers = containers;
    }

    /** Adds one with containers of these names. */
    FakePods with(String name, PodState state, String... members) {
        List<String> ids = new ArrayList<>();
        for (String member : members) {
            containers.with(Samples.running(member).pod(name));
            ids.add(Samples.id(member));
        }
        all.add(pod(name, state, Map.of("team", "a"), List.of(), List.of(), ids));
        return this;
    }

    private static Pod pod(
            String name,
            PodState state,
            Map<String, String> labels,
            List<PortMapping> ports,
            List<Service> services,
            List<String> members) {
        return new Pod(
                Samples.id("pod " + name),
                name,
                Samples.THEN,
                state,
                name,
                labels,
                new Container.Machine(
                        "qemu",
                        "overlay",
                        "user",
                        Optional.of("10.0.2.15"),
                        128 << 20,
                        2,
                        Optional.of("emulation")),
                ports,
                Dns.OF_NETWORK,
                services,
                members,
                members.size() == 1 && members.getFirst().equals(Samples.id(name)));
    }

    @Override
    public Pod create(PodSpec spec) {
        specs.add(spec);
        String name = spec.name().orElse("made_up");
        calls.add("create " + name);
        List<String> ids = new ArrayList<>();
        for (ContainerSpec container : spec.containers()) {
            ids.add(containers.create(container).id());
        }
        Pod pod =
                pod(
                        name,
                        new PodState.Created(),
                        spec.labels(),
                        spec.ports(),
                        spec.services(),
                        ids);
        all.addFirst(pod);
        return pod;
    }

    @Override
    public void start(String name) throws CannotExecute {
        calls.add("start " + get(name).name());
        if (cannotExecute != null) {
            throw cannotExecute;
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void stop(String name, Optional<Duration> grace) {
        calls.add("stop " + get(name).name() + grace.map(g -> " " + g.toSeconds()).orElse(""));
    }

    @Override
    public void kill(String name, String signal) {
        calls.add("kill " + get(name).name() + " " + signal);
    }

    @Override
    public void remove(String name, boolean force, boolean volumes) {
        calls.add("remove " + get(name).name() + " " + force + " " + volumes);
    }

    @Override
    public void pause(String name) {
        calls.add("pause " + get(name).name());
    }

    @Override
    public void unpause(String name) {
        calls.add("unpause " + get(name).name());
    }

    @Override
    public Pod label(String name, Map<String, String> labels, boolean override) {
        Pod pod = get(name);
        Map<String, String> merged = new HashMap<>(pod.labels());
        labels.forEach((label, value) -> {
            if (merged.put(label, value) != null && !override) {
                throw new Conflict("pod '" + name + "' has a label '" + label + "'");
            }
        });
        return replace(pod, merged, pod.ports(), pod.services());
    }

    @Override
    public Pod publish(String name, List<PortMapping> ports) {
        Pod pod = get(name);
        List<PortMapping> chosen = new ArrayList<>();
        for (PortMapping port : ports) {
            chosen.add(
                    port.hostPort() != 0
                            ? port
                            : new PortMapping(
                                    port.protocol(),
                                    port.hostAddress(),
                                    FIRST_FREE + port.containerPort(),
                                    port.containerPort()));
        }
        return replace(pod, pod.labels(), chosen, pod.services());
    }

    @Override
    public Pod serve(String name, List<Service> services) {
        Pod pod = get(name);
        return replace(pod, pod.labels(), pod.ports(), services);
    }

    private Pod replace(
            Pod pod, Map<String, String> labels, List<PortMapping> ports, List<Service> services) {
        Pod changed = pod(pod.name(), pod.state(), labels, ports, services, pod.containers());
        all.set(all.indexOf(pod), changed);
        return changed;
    }

    @Override
    public Pod resize(String name, Optional<Long> memoryBytes, Optional<Double> cpus) {
        calls.add(
                "resize "
                        + get(name).name()
                        + memoryBytes.map(m -> " memory " + m).orElse("")
                        + cpus.map(c -> " cpus " + c).orElse(""));
        return get(name);
    }

    @Override
    public void rename(String name, String to) {
        calls.add("rename " + get(name).name() + " " + to);
    }

    @Override
    public List<Pod> list() {
        return List.copyOf(all);
    }

    @Override
    public Pod get(String name) {
        return all.stream()
                .filter(p -> p.name().equals(name) || p.id().startsWith(name))
                .findFirst()
                .orElseThrow(() -> new NotFound("there is no pod '" + name + "'"));
    }
}
