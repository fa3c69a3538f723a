// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Health;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.HumanTime;
import io.hypercontainer.shell.format.Listing;
import io.hypercontainer.shell.format.Timestamp;
import io.hypercontainer.shell.format.Visible;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A container as a row of {@code ps}. */
public final class ContainerRow {
    private static final int COMMAND_LENGTH = 20;

    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Ports}}"
                            + "\\t{{.Names}}",
                    headers());

    private ContainerRow() {}

    /**
     * @param container a container
     * @param pods names of the pods
     * @param now the present
     * @param whole whether nothing is cut short
     * @return the row, named as docker names its fields
     */
    public static Fields of(Container container, PodNames pods, Instant now, boolean whole) {
        return new Fields()
                .put("Command", command(container, whole))
                .put("CreatedAt", Timestamp.seconds(container.created()))
                .put("ID", whole ? container.id() : Ids.shorten(container.id()))
                .put("Image", container.image())
                .put("Labels", labels(container.labels()))
                .put("LocalVolumes", Long.toString(volumes(container)))
                .put("Mounts", mounts(container))
                .put("Names", container.name())
                .put("Networks", container.machine().network())
                .put("Pod", pods.of(container))
                .put("PodID", whole ? container.pod() : Ids.shorten(container.pod()))
                .put(
                        "Ports",
                        running(container)
                                ? PortsText.of(container.ports(), container.exposedPorts())
                                : "")
                .put("RunningFor", HumanTime.ago(Duration.between(container.created(), now)))
                .put("State", container.state().word())
                .put("Status", status(container, now))
                .method("Label", name -> container.labels().getOrDefault(name, ""));
    }

    private static Fields headers() {
        return new Fields()
                .put("Command", "COMMAND")
                .put("CreatedAt", "CREATED AT")
                .put("ID", "CONTAINER ID")
                .put("Image", "IMAGE")
                .put("Labels", "LABELS")
                .put("LocalVolumes", "LOCAL VOLUMES")
                .put("Mounts", "MOUNTS")
                .put("Names", "NAMES")
                .put("Networks", "NETWORKS")
                .put("Pod", "POD")
                .put("PodID", "POD ID")
                .put("Ports", "PORTS")
                .put("RunningFor", "CREATED")
                .put("State", "STATE")
                .put("Status", "STATUS")
                .method("Label", name -> name.substring(name.lastIndexOf('.') + 1));
    }

    /**
     * @param container a container
     * @param now the present
     * @return {@code Up 5 minutes (healthy)}, {@code Exited (0) 3 seconds ago}
     */
    private static String status(Container container, Instant now) {
        return switch (container.state()) {
            case ContainerState.Created c -> "Created";
            case ContainerState.Running running ->
                    "Up "
                            + HumanTime.span(Duration.between(running.since(), now))
                            + container.health().map(ContainerRow::health).orElse("");
            case ContainerState.Paused paused ->
                    "Up " + HumanTime.span(Duration.between(paused.since(), now)) + " (Paused)";
            case ContainerState.Restarting restarting ->
                    "Restarting ("
                            + restarting.status().exitCode()
                            + ") "
                            + HumanTime.ago(Duration.between(restarting.status().at(), now));
            case ContainerState.Exited exited ->
                    "Exited ("
                            + exited.status().exitCode()
                            + ") "
                            + HumanTime.ago(Duration.between(exited.status().at(), now));
        };
    }

    private static String health(Health health) {
        return health.status() == Health.Status.STARTING
                ? " (health: starting)"
                : " (" + health.status() + ")";
    }

    private static String command(Container container, boolean whole) {
        String command = String.join(" ", container.args());
        return Visible.quoted(whole ? command : Ids.ellipsis(command, COMMAND_LENGTH));
    }

    private static boolean running(Container container) {
        return container.state().isAlive();
    }

    private static long volumes(Container container) {
        return container.mounts().stream().filter(m -> m.type().equals("volume")).count();
    }

    private static String mounts(Container container) {
        return container.mounts().stream()
                .filter(mount -> !mount.type().equals("tmpfs"))
                .map(mount -> mount.type().equals("volume") ? mount.name() : mount.source())
                .collect(Collectors.joining(","));
    }

    static String labels(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(","));
    }
}
