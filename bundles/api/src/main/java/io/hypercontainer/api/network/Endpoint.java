// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.network;

import io.hypercontainer.api.hypervisor.NicBackend;
import java.util.List;
import java.util.Map;

/**
 * A pod's connection to a network. The runtime keeps it on disk; only the driver understands {@code
 * details}.
 *
 * @param pod the pod's id
 * @param network the network's name
 * @param driver the driver's name
 * @param mac hardware address of the guest's interface
 * @param addresses the guest's addresses as CIDR
 * @param gateway where its default route goes
 * @param nameservers what answers DNS in this network
 * @param mtu largest packet, 0 for the usual
 * @param backend what the hypervisor plugs the interface into
 * @param ports the published ports
 * @param details what the driver needs besides
 */
public record Endpoint(
        String pod,
        String network,
        String driver,
        String mac,
        List<String> addresses,
        String gateway,
        List<String> nameservers,
        int mtu,
        NicBackend backend,
        List<PortMapping> ports,
        Map<String, String> details) {
    /** Keeps unmodifiable copies. */
    public Endpoint {
        addresses = List.copyOf(addresses);
        nameservers = List.copyOf(nameservers);
        ports = List.copyOf(ports);
        details = Map.copyOf(details);
    }
}
