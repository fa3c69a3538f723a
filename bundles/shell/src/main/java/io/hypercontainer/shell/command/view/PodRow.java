// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.HumanSize;
import io.hypercontainer.shell.format.HumanTime;
import io.hypercontainer.shell.format.Listing;
import io.hypercontainer.shell.format.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A pod as a row of {@code pod ls} and of {@code list vm}. */
public final class PodRow {
    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.ID}}\\t{{.Name}}\\t{{.Status}}\\t{{.RunningFor}}\\t{{.Containers}}"
                            + "\\t{{.Ports}}",
                    headers());

    /** Prints rows, with what concerns the machines. */
    public static final Listing MACHINES =
            new Listing(
                    "{{.ID}}\\t{{.Name}}\\t{{.Status}}\\t{{.Hypervisor}}\\t{{.Isolation}}"
                            + "\\t{{.CPUs}}\\t{{.Memory}}\\t{{.Address}}",
                    headers());

    private PodRow() {}

    /**
     * @param pod a pod
     * @param now the present
     * @param whole whether nothing is cut short
     * @return the row
     */
    public static Fields of(Pod pod, Instant now, boolean whole) {
        Container.Machine machine = pod.machine();
        return new Fields()
                .put("Address", machine.address().orElse(""))
                .put("CPUs", machine.cpus())
                .put("Containers", (long) pod.containers().size())
                .put("CreatedAt", Timestamp.seconds(pod.created()))
                .put("Hostname", pod.hostname())
                .put("Hypervisor", machine.hypervisor())
                .put("ID", whole ? pod.id() : Ids.shorten(pod.id()))
                .put("Isolation", machine.isolation().orElse(""))
                .put("Labels", ContainerRow.labels(pod.labels()))
                .put("Memory", HumanSize.binary(machine.memoryBytes()))
                .put("Name", pod.name())
                .put("Networks", machine.network())
                .put("Ports", running(pod) ? PortsText.of(pod.ports(), List.of()) : "")
                .put("RunningFor", HumanTime.ago(Duration.between(pod.created(), now)))
                .put("Single", pod.single())
                .put("State", pod.state().word())
                .put("Status", status(pod.state(), now))
                .method("Label", name -> pod.labels().getOrDefault(name, ""));
    }

    private static Fields headers() {
        return new Fields()
                .put("Address", "ADDRESS")
                .put("CPUs", "CPUS")
                .put("Containers", "CONTAINERS")
                .put("CreatedAt", "CREATED AT")
                .put("Hostname", "HOSTNAME")
                .put("Hypervisor", "HYPERVISOR")
                .put("ID", "POD ID")
                .put("Isolation", "ISOLATION")
                .put("Labels", "LABELS")
                .put("Memory", "MEMORY")
                .put("Name", "NAME")
                .put("Networks", "NETWORKS")
                .put("Ports", "PORTS")
                .put("RunningFor", "CREATED")
                .put("Single", "SINGLE")
                .put("State", "STATE")
                .put("Status", "STATUS")
                .method("Label", name -> name.substring(name.lastIndexOf('.') + 1));
    }

    private static boolean running(Pod pod) {
        return pod.state() instanceof PodState.Running || pod.state() instanceof PodState.Paused;
    }

    private static String status(PodState state, Instant now) {
        return switch (state) {
            case PodState.Created c -> "Created";
            case PodState.Running running -> "Up " + since(running.since(), now);
            case PodState.Paused paused -> "Up " + since(paused.since(), now) + " (Paused)";
            case PodState.Stopped stopped ->
                    stopped.error().isEmpty() ? "Stopped" : "Stopped (" + stopped.error() + ")";
        };
    }

    private static String since(Instant then, Instant now) {
        return HumanTime.span(Duration.between(then, now));
    }
}
