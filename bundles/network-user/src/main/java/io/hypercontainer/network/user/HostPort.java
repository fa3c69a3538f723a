// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.network.user;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.network.PortMapping;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * A port of the host.
 *
 * @param protocol {@code tcp} or {@code udp}
 * @param address the IPv4 address to listen on
 * @param port 0 for any that is free
 */
record HostPort(String protocol, Inet4Address address, int port) {
    static HostPort of(PortMapping mapping) {
        return new HostPort(mapping.protocol(), address(mapping), mapping.hostPort());
    }

    private static Inet4Address address(PortMapping mapping) {
        try {
            if (InetAddress.ofLiteral(mapping.hostAddress()) instanceof Inet4Address address) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidSpec(
                    "host address '" + mapping.hostAddress() + "' is not an IPv4 address", e);
        }
        throw new InvalidSpec(
                "host address '"
                        + mapping.hostAddress()
                        + "' is IPv6: network user publishes on IPv4 addresses only");
    }

    HostPort withPort(int number) {
        return new HostPort(protocol, address, number);
    }

    /** {@return whether no two sockets can listen on this port and on the other} */
    boolean overlaps(HostPort other) {
        return protocol.equals(other.protocol)
                && port == other.port
                && (address.equals(other.address)
                        || address.isAnyLocalAddress()
                        || other.address.isAnyLocalAddress());
    }

    /**
     * Looks whether the host lets a process listen here, by doing so for a moment.
     *
     * @return this port, or for port 0 one that is free
     * @throws Conflict if another process listens here
     */
    HostPort probe() {
        InetSocketAddress wanted = new InetSocketAddress(address, port);
        try {
            if (protocol.equals("tcp")) {
                try (ServerSocket socket = new ServerSocket()) {
                    socket.bind(wanted, 1);
                    return withPort(socket.getLocalPort());
                }
            }
            try (DatagramSocket socket = new DatagramSocket(wanted)) {
                return withPort(socket.getLocalPort());
            }
        } catch (BindException e) {
            String why = String.valueOf(e.getMessage());
            if (why.contains("in use")) {
                throw new Conflict(
                        "host port "
                                + this
                                + " is taken by another process: choose another port or end it");
            }
            throw new Unavailable("cannot listen on host port " + this + ": " + why, e);
        } catch (IOException e) {
            throw new Unavailable("cannot listen on host port " + this + ": " + e.getMessage(), e);
        }
    }

    /** {@return as users write it, {@code 127.0.0.1:8080/tcp}} */
    @Override
    public String toString() {
        return address.getHostAddress() + ":" + port + "/" + protocol;
    }
}
