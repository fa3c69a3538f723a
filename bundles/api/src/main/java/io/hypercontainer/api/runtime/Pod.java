// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A pod as it is now.
 *
 * @param id 64 hex digits
 * @param name its name
 * @param created when it was made
 * @param state what it does
 * @param hostname host name of its containers
 * @param labels its labels
 * @param machine its virtual machine
 * @param ports what is published, with the host ports that were chosen
 * @param dns its name service
 * @param services its services
 * @param containers ids of its containers, in the order in which they were added
 * @param single whether it was made for one container, ends with it and is removed with it
 */
public record Pod(
        String id,
        String name,
        Instant created,
        PodState state,
        String hostname,
        Map<String, String> labels,
        Container.Machine machine,
        List<PortMapping> ports,
        Dns dns,
        List<Service> services,
        List<String> containers,
        boolean single) {
    /** Keeps unmodifiable copies. */
    public Pod {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
        services = List.copyOf(services);
        containers = List.copyOf(containers);
    }
}
