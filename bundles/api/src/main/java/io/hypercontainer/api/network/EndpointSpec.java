// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.network;

import java.util.List;

/**
 * A pod to connect.
 *
 * @param pod the pod's id
 * @param network name of one of the driver's networks
 * @param names names under which others on the network find it
 * @param ports ports to publish on the host
 */
public record EndpointSpec(
        String pod, String network, List<String> names, List<PortMapping> ports) {
    /** Keeps unmodifiable copies. */
    public EndpointSpec {
        names = List.copyOf(names);
        ports = List.copyOf(ports);
    }
}
