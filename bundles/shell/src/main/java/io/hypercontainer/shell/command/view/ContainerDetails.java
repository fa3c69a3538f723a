// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.shell.format.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A container as {@code inspect} shows it: docker's fields, and {@code Machine}. */
public final class ContainerDetails {
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private ContainerDetails() {}

    /**
     * @param container a container
     * @return all about it
     */
    public static Fields of(Container container) {
        List<String> args = container.args();
        return new Fields()
                .put("Id", container.id())
                .put("Created", container.created().toString())
                .put("Path", args.isEmpty() ? "" : args.getFirst())
                .put("Args", args.isEmpty() ? args : args.subList(1, args.size()))
                .put("State", state(container))
                .put("Image", container.imageId())
                .put("Name", "/" + container.name())
                .put("RestartCount", (long) container.restarts())
                .put("Pod", container.pod())
                .put("Driver", container.machine().storage())
                .put("Platform", "linux")
                .put("HostConfig", hostConfig(container))
                .put("Mounts", container.mounts().stream().map(ContainerDetails::mount).toList())
                .put("Config", config(container))
                .put("NetworkSettings", network(container))
                .put("Machine", machine(container.machine()));
    }

    private static Fields state(Container container) {
        Fields state = state(container.state());
        container.health().ifPresent(health -> state.put("Health", HealthDetails.of(health)));
        return state;
    }

    private static Fields state(ContainerState state) {
        return switch (state) {
            case ContainerState.Created created -> state("created", 0, false, "", NEVER, NEVER);
            case ContainerState.Running running ->
                    state("running", 0, false, "", running.since().toString(), NEVER);
            case ContainerState.Paused paused ->
                    state("paused", 0, false, "", paused.since().toString(), NEVER);
            case ContainerState.Restarting restarting ->
                    state(
                            "restarting",
                            restarting.status().exitCode(),
                            restarting.status().outOfMemory(),
                            "",
                            restarting.started().toString(),
                            restarting.status().at().toString());
            case ContainerState.Exited exited ->
                    state(
                            "exited",
                            exited.status().exitCode(),
                            exited.status().outOfMemory(),
                            exited.error(),
                            exited.started().toString(),
                            exited.status().at().toString());
        };
    }

    private static Fields state(
            String status,
            int exitCode,
            boolean outOfMemory,
            String error,
            String started,
            String finished) {
        return new Fields()
                .put("Status", status)
                .put("Running", !status.equals("created") && !status.equals("exited"))
                .put("Paused", status.equals("paused"))
                .put("Restarting", status.equals("restarting"))
                .put("OOMKilled", outOfMemory)
                .put("Dead", false)
                .put("ExitCode", (long) exitCode)
                .put("Error", error)
                .put("StartedAt", started)
                .put("FinishedAt", finished);
    }

    private static Fields hostConfig(Container container) {
        Limits limits = container.limits();
        Container.Machine machine = container.machine();
        return new Fields()
                .put("Binds", binds(container))
                .put("NetworkMode", container.machine().network())
                .put("LogConfig", log(container.log()))
                .put("PortBindings", ports(container, false))
                .put("RestartPolicy", restart(container.restart()))
                .put("AutoRemove", container.autoRemove())
                .put("Privileged", container.privileged())
                .put("ReadonlyRootfs", container.readOnly())
                .put(
                        "Memory",
                        limits.memoryBytes() > 0 ? limits.memoryBytes() : machine.memoryBytes())
                .put(
                        "NanoCpus",
                        Math.round(1e9 * (limits.cpus() > 0 ? limits.cpus() : machine.cpus())))
                .put("PidsLimit", (long) limits.pids());
    }

    private static Fields log(LogSpec log) {
        return new Fields()
                .put("Type", log.driver().orElse("json-file"))
                .put("Config", log.options());
    }

    private static Fields restart(RestartPolicy policy) {
        return new Fields()
                .put("Name", policy.kind().toString())
                .put("MaximumRetryCount", (long) policy.retries());
    }

    private static @Nullable List<String> binds(Container container) {
        List<String> binds =
                container.mounts().stream()
                        .filter(m -> !m.type().equals("tmpfs") && !m.anonymous())
                        .map(m ->
                                (m.type().equals("bind") ? m.source() : m.name())
                                        + ":"
                                        + m.target()
                                        + (m.readOnly() ? ":ro" : ""))
                        .toList();
        return binds.isEmpty() ? null : binds;
    }

    private static Fields mount(Container.Mount mount) {
        Fields fields = new Fields().put("Type", mount.type());
        if (mount.type().equals("volume")) {
            fields.put("Name", mount.name());
        }
        return fields.put("Source", mount.source())
                .put("Destination", mount.target())
                .put("Mode", mount.readOnly() ? "ro" : "")
                .put("RW", !mount.readOnly());
    }

    private static Fields config(Container container) {
        Map<String, Object> exposed = new TreeMap<>();
        container.exposedPorts().forEach(port -> exposed.put(port, Map.of()));
        Fields config =
                new Fields()
                        .put("Hostname", container.hostname())
                        .put("User", container.user())
                        .put("ExposedPorts", exposed)
                        .put("Tty", container.terminal())
                        .put("OpenStdin", container.stdin())
                        .put("Env", container.env())
                        .put("Cmd", container.args())
                        .put("Image", container.image())
                        .put("WorkingDir", container.workdir())
                        .put("Labels", container.labels())
                        .put("StopSignal", container.stopSignal())
                        .put("StopTimeout", container.stopTimeout().toSeconds());
        container
                .healthCheck()
                .ifPresent(check -> config.put("Healthcheck", HealthDetails.of(check)));
        return config;
    }

    private static Fields network(Container container) {
        String address = container.machine().address().orElse("");
        Fields endpoint = new Fields().put("IPAddress", address);
        return new Fields()
                .put("Ports", ports(container, true))
                .put("IPAddress", address)
                .put("Networks", Map.of(container.machine().network(), endpoint));
    }

    private static Map<String, @Nullable Object> ports(Container container, boolean withExposed) {
        Map<String, @Nullable Object> ports = new TreeMap<>();
        if (withExposed) {
            container.exposedPorts().forEach(port -> ports.put(port, null));
        }
        Map<String, List<Fields>> published = new TreeMap<>();
        for (PortMapping port : container.ports()) {
            published
                    .computeIfAbsent(
                            port.containerPort() + "/" + port.protocol(), k -> new ArrayList<>())
                    .add(
                            new Fields()
                                    .put("HostIp", port.hostAddress())
                                    .put("HostPort", Integer.toString(port.hostPort())));
        }
        ports.putAll(published);
        return ports;
    }

    static Fields machine(Container.Machine machine) {
        return new Fields()
                .put("Hypervisor", machine.hypervisor())
                .put("Storage", machine.storage())
                .put("Network", machine.network())
                .put("Address", machine.address())
                .put("MemoryBytes", machine.memoryBytes())
                .put("Cpus", machine.cpus())
                .put("Isolation", machine.isolation());
    }
}
