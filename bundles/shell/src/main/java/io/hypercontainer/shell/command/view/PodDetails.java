// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.format.Fields;
import java.util.List;
import java.util.Optional;

/** A pod as {@code inspect} shows it. */
public final class PodDetails {
    private PodDetails() {}

    /**
     * @param runtime has the pods
     * @param name name or id of one
     * @return all about it
     * @throws NotFound if there is none
     */
    public static Fields find(Runtime runtime, String name) {
        Pod pod = runtime.pods().get(name);
        return new Fields()
                .put("Id", pod.id())
                .put("Name", pod.name())
                .put("Created", pod.created().toString())
                .put("State", state(pod.state()))
                .put("Hostname", pod.hostname())
                .put("Labels", pod.labels())
                .put("Single", pod.single())
                .put("Machine", ContainerDetails.machine(pod.machine()))
                .put("Ports", pod.ports().stream().map(PortRow::of).toList())
                .put(
                        "Dns",
                        new Fields()
                                .put("Servers", pod.dns().servers())
                                .put("Search", pod.dns().search())
                                .put("Options", pod.dns().options()))
                .put("Services", pod.services().stream().map(PodDetails::service).toList())
                .put("Containers", containers(runtime.containers(), pod.containers()));
    }

    private static Fields state(PodState state) {
        String error = state instanceof PodState.Stopped stopped ? stopped.error() : "";
        Optional<String> since =
                switch (state) {
                    case PodState.Running running -> Optional.of(running.since().toString());
                    case PodState.Paused paused -> Optional.of(paused.since().toString());
                    case PodState.Created c -> Optional.empty();
                    case PodState.Stopped s -> Optional.empty();
                };
        return new Fields()
                .put("Status", state.word())
                .put("Running", since.isPresent())
                .put("Paused", state instanceof PodState.Paused)
                .put("StartedAt", since)
                .put("Error", error);
    }

    private static Fields service(Service service) {
        return new Fields()
                .put("Address", service.address())
                .put("Port", (long) service.port())
                .put("Protocol", service.protocol())
                .put(
                        "Hosts",
                        service.backends().stream()
                                .map(host ->
                                        new Fields()
                                                .put("Address", host.address())
                                                .put("Port", (long) host.port()))
                                .toList());
    }

    /** One that has been removed meanwhile is left out. */
    private static List<Fields> containers(Containers containers, List<String> ids) {
        return ids.stream()
                .flatMap(id -> {
                    try {
                        return Optional.of(containers.get(id)).stream();
                    } catch (NotFound e) {
                        return Optional.<Container>empty().stream();
                    }
                })
                .map(c ->
                        new Fields()
                                .put("Id", c.id())
                                .put("Name", c.name())
                                .put("Image", c.image())
                                .put("State", c.state().word()))
                .toList();
    }
}
