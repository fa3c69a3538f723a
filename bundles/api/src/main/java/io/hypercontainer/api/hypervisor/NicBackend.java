// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.util.List;

/** Where the packets of a network interface go on the host. */
public sealed interface NicBackend {
    /**
     * A tap device that the network driver made ({@link Capability#TAP}).
     *
     * @param device its name
     */
    record Tap(String device) implements NicBackend {}

    /**
     * A network inside the hypervisor's process that needs no privileges ({@link
     * Capability#USER_NETWORK}): guests reach out through sockets of that process, and in through
     * forwarded ports.
     *
     * @param subnet the guest's network as CIDR
     * @param gateway the host's address in it
     * @param nameserver the address in it that answers DNS
     * @param guest the guest's address in it
     * @param forwards host ports that lead to the guest
     */
    record UserMode(
            String subnet, String gateway, String nameserver, String guest, List<Forward> forwards)
            implements NicBackend {
        /** Keeps an unmodifiable copy. */
        public UserMode {
            forwards = List.copyOf(forwards);
        }
    }
}
