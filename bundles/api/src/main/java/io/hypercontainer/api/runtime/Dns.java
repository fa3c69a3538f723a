// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.List;

/**
 * Name service of a pod. What is empty comes from its network.
 *
 * @param servers addresses
 * @param search domains
 * @param options options of resolv.conf
 */
public record Dns(List<String> servers, List<String> search, List<String> options) {
    /** All from the network. */
    public static final Dns OF_NETWORK = new Dns(List.of(), List.of(), List.of());

    /** Keeps unmodifiable copies. */
    public Dns {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
        options = List.copyOf(options);
    }
}
