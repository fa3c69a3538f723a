// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.util.List;
import java.util.Optional;

/**
 * A network interface as the guest shall configure it.
 *
 * @param mac its hardware address
 * @param name its name in the guest, {@code eth0}
 * @param addresses its addresses as CIDR
 * @param gateway where the default route goes, if through this interface
 * @param mtu 0 to leave it as it is
 * @param knownAs the hardware address that the interface still has and is found by, if that is
 *     another: the one of the template which the machine was cloned from
 */
public record GuestNetwork(
        String mac,
        String name,
        List<String> addresses,
        Optional<String> gateway,
        int mtu,
        Optional<String> knownAs) {
    /** Keeps an unmodifiable copy. */
    public GuestNetwork {
        addresses = List.copyOf(addresses);
    }

    /**
     * The same interface of a machine that was cloned.
     *
     * @param former the hardware address that it still has
     * @return how it is to be configured
     */
    public GuestNetwork knownAs(String former) {
        return new GuestNetwork(mac, name, addresses, gateway, mtu, Optional.of(former));
    }
}
