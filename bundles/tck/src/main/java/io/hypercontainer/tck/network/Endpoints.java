// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.network;

import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.network.EndpointSpec;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.tck.kit.Kit;
import java.util.List;

/** Short ways to connect pods. */
final class Endpoints {
    private Endpoints() {}

    static Endpoint connect(Kit kit, String pod, PortMapping... ports) {
        return connectTo(kit, kit.network().networks().getFirst().name(), pod, ports);
    }

    static Endpoint connectTo(Kit kit, String network, String pod, PortMapping... ports) {
        return kit.network().connect(new EndpointSpec(pod, network, List.of(pod), List.of(ports)));
    }

    static PortMapping tcp(int hostPort) {
        return new PortMapping("tcp", "127.0.0.1", hostPort, 80);
    }

    static int port(Endpoint endpoint) {
        return endpoint.ports().getFirst().hostPort();
    }
}
