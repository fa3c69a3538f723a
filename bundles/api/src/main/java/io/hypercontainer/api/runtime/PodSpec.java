// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pod to make: a virtual machine for several containers that share its network, its host name and
 * their IPC.
 *
 * @param name the pod's name; empty for a made-up one
 * @param hostname host name of all its containers; empty for the pod's name
 * @param labels labels
 * @param machine its virtual machine
 * @param ports what is published on the host
 * @param dns its name service
 * @param services addresses in the pod that are spread over others
 * @param containers its first containers, started in this order; may be none. Their {@link
 *     ContainerSpec#pod}, {@link ContainerSpec#machine}, {@link ContainerSpec#ports} and {@link
 *     ContainerSpec#hostname} are empty
 */
public record PodSpec(
        Optional<String> name,
        Optional<String> hostname,
        Map<String, String> labels,
        MachineSpec machine,
        List<PortMapping> ports,
        Dns dns,
        List<Service> services,
        List<ContainerSpec> containers) {
    /** Keeps unmodifiable copies. */
    public PodSpec {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
        services = List.copyOf(services);
        containers = List.copyOf(containers);
    }
}
