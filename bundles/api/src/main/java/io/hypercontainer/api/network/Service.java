// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.network;

import java.util.List;

/**
 * An address that exists in a pod only: what connects to it there gets to one of several hosts.
 *
 * @param address the service's IPv4 address
 * @param port its port
 * @param protocol {@code tcp} or {@code udp}
 * @param backends where connections go, in turn
 */
public record Service(String address, int port, String protocol, List<Backend> backends) {
    /** Keeps an unmodifiable copy. */
    public Service {
        backends = List.copyOf(backends);
    }

    /**
     * One of the hosts behind a service.
     *
     * @param address its IPv4 address
     * @param port its port
     */
    public record Backend(String address, int port) {}
}
