// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.network.PortMapping;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container as it is now, with all that was left open in its specification decided.
 *
 * @param id 64 hex digits
 * @param name its name
 * @param image the image's name when it was made
 * @param imageId the image's id
 * @param created when it was made
 * @param state what it does
 * @param args program and arguments of its process
 * @param env its environment
 * @param user {@code user[:group]}, empty for root
 * @param workdir its working directory
 * @param hostname its host name
 * @param labels its labels
 * @param mounts what is mounted in it
 * @param ports what is published, with the host ports that were chosen
 * @param exposedPorts what the image exposes, {@code 80/tcp}
 * @param terminal whether its process has a terminal
 * @param stdin whether its standard input is kept open
 * @param readOnly whether its root may only be read
 * @param autoRemove whether it is deleted when it has ended
 * @param privileged whether its process has all capabilities
 * @param stopSignal signal that asks it to stop
 * @param stopTimeout time between that and KILL
 * @param machine its virtual machine
 * @param pod id of its pod
 * @param restart what happens when its process has ended
 * @param restarts how often it was restarted since a user started it
 * @param healthCheck how it is checked
 * @param health what the checks say, while it runs
 * @param limits its share of its pod's machine
 * @param log what becomes of what it prints
 */
public record Container(
        String id,
        String name,
        String image,
        String imageId,
        Instant created,
        ContainerState state,
        List<String> args,
        List<String> env,
        String user,
        String workdir,
        String hostname,
        Map<String, String> labels,
        List<Mount> mounts,
        List<PortMapping> ports,
        List<String> exposedPorts,
        boolean terminal,
        boolean stdin,
        boolean readOnly,
        boolean autoRemove,
        boolean privileged,
        String stopSignal,
        Duration stopTimeout,
        Machine machine,
        String pod,
        RestartPolicy restart,
        int restarts,
        Optional<HealthCheck> healthCheck,
        Optional<Health> health,
        Limits limits,
        LogSpec log) {
    /** Keeps unmodifiable copies. */
    public Container {
        args = List.copyOf(args);
        env = List.copyOf(env);
        labels = Map.copyOf(labels);
        mounts = List.copyOf(mounts);
        ports = List.copyOf(ports);
        exposedPorts = List.copyOf(exposedPorts);
    }

    /**
     * Something mounted in a container.
     *
     * @param type {@code volume}, {@code bind} or {@code tmpfs}
     * @param name name of a volume, else empty
     * @param source host path of a bind mount, else empty
     * @param target where it is mounted
     * @param readOnly whether it may only be read
     * @param anonymous whether it is a volume that nobody named
     */
    public record Mount(
            String type,
            String name,
            String source,
            String target,
            boolean readOnly,
            boolean anonymous) {}

    /**
     * The virtual machine of a container.
     *
     * @param hypervisor its driver
     * @param storage storage driver of the root file system
     * @param network network's name, or {@code none}
     * @param address the guest's address while it runs
     * @param memoryBytes guest memory
     * @param cpus the container's share of CPUs
     * @param isolation what separates it from the host, while it runs or after it ran
     */
    public record Machine(
            String hypervisor,
            String storage,
            String network,
            Optional<String> address,
            long memoryBytes,
            double cpus,
            Optional<String> isolation) {}
}
