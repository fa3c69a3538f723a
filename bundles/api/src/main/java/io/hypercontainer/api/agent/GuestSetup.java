// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a guest needs to know as a whole; it is the same for all containers of a pod.
 *
 * @param hostname the pod's host name
 * @param nameservers addresses for resolv.conf
 * @param search domains for resolv.conf
 * @param options options for resolv.conf
 * @param hosts further lines of /etc/hosts: address to names
 * @param now the host's clock
 * @param entropy bytes for the guest's random number generator, 32 to 512
 */
public record GuestSetup(
        String hostname,
        List<String> nameservers,
        List<String> search,
        List<String> options,
        Map<String, List<String>> hosts,
        Instant now,
        byte[] entropy) {
    /** Keeps unmodifiable copies. */
    public GuestSetup {
        nameservers = List.copyOf(nameservers);
        search = List.copyOf(search);
        options = List.copyOf(options);
        hosts = Map.copyOf(hosts);
        entropy = entropy.clone();
    }

    /** {@return a copy of the bytes} */
    @Override
    public byte[] entropy() {
        return entropy.clone();
    }
}
