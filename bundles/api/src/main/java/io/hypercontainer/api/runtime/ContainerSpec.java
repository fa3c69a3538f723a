// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.Ulimit;
import io.hypercontainer.api.network.PortMapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container to make. What is empty comes from the image, then from the daemon's configuration.
 * Made with {@link #of}.
 *
 * @param image name of an image on this host
 * @param name the container's name; empty for a made-up one
 * @param entrypoint replaces the image's entrypoint (and drops its command)
 * @param command replaces the image's command
 * @param env {@code NAME=value} each, over the image's
 * @param user {@code user[:group]}
 * @param workdir working directory
 * @param hostname host name; empty for the beginning of the id
 * @param labels over the image's
 * @param mounts what is mounted in it
 * @param ports what is published on the host
 * @param publishAll publish all ports that the image exposes, on free host ports
 * @param terminal whether the process has a terminal
 * @param stdin whether its standard input is kept open
 * @param readOnly whether its root file system may only be read
 * @param autoRemove delete it when it has ended
 * @param privileged give the process all capabilities (within its virtual machine)
 * @param stopSignal signal that asks it to stop
 * @param stopTimeout time between that signal and KILL
 * @param machine the virtual machine that it runs in
 * @param pod id or name of a pod that it is added to; {@code machine}, {@code ports} and {@code
 *     hostname} are the pod's then and must be empty. Empty for a pod of its own
 * @param restart what happens when its process has ended
 * @param health how to see whether it is well
 * @param limits its share of its pod's machine
 * @param log what becomes of what it prints
 * @param files what is put into it before its first start
 * @param groups further groups of its process, names or numbers
 * @param sysctls kernel settings of its namespaces
 * @param ulimits limits of its processes
 */
public record ContainerSpec(
        String image,
        Optional<String> name,
        Optional<List<String>> entrypoint,
        Optional<List<String>> command,
        List<String> env,
        Optional<String> user,
        Optional<String> workdir,
        Optional<String> hostname,
        Map<String, String> labels,
        List<MountSpec> mounts,
        List<PortMapping> ports,
        boolean publishAll,
        boolean terminal,
        boolean stdin,
        boolean readOnly,
        boolean autoRemove,
        boolean privileged,
        Optional<String> stopSignal,
        Optional<Duration> stopTimeout,
        MachineSpec machine,
        Optional<String> pod,
        RestartPolicy restart,
        HealthOptions health,
        Limits limits,
        LogSpec log,
        List<FileSpec> files,
        List<String> groups,
        Map<String, String> sysctls,
        List<Ulimit> ulimits) {
    /** Keeps unmodifiable copies. */
    public ContainerSpec {
        env = List.copyOf(env);
        labels = Map.copyOf(labels);
        mounts = List.copyOf(mounts);
        ports = List.copyOf(ports);
        entrypoint = entrypoint.map(List::copyOf);
        command = command.map(List::copyOf);
        files = List.copyOf(files);
        groups = List.copyOf(groups);
        sysctls = Map.copyOf(sysctls);
        ulimits = List.copyOf(ulimits);
    }

    /**
     * Begins a specification.
     *
     * @param image name of an image on this host
     * @return a builder with nothing but the image
     */
    public static ContainerSpecBuilder of(String image) {
        return new ContainerSpecBuilder(image);
    }
}
