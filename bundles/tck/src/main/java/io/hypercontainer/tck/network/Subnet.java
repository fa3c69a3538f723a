// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.network;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * An IPv4 network.
 *
 * @param address its first address
 * @param bits length of its prefix
 */
record Subnet(int address, int bits) {
    static Subnet parse(String cidr) {
        var parts = cidr.split("/", -1);
        if (parts.length != 2) {
            throw new AssertionError("'" + cidr + "' is no network like 10.0.0.0/24");
        }
        return new Subnet(number(parts[0]), Integer.parseInt(parts[1]));
    }

    boolean contains(String host) {
        int mask = bits == 0 ? 0 : -1 << (32 - bits);
        return (number(host) & mask) == (address & mask);
    }

    private static int number(String text) {
        if (InetAddress.ofLiteral(text) instanceof Inet4Address literal) {
            return literal.hashCode(); // its bits, as the documentation says
        }
        throw new AssertionError("'" + text + "' is no IPv4 address");
    }
}
