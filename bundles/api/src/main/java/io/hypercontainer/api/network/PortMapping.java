// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.network;

import io.hypercontainer.api.InvalidSpec;

/**
 * A container port that is published on the host.
 *
 * @param protocol {@code tcp} or {@code udp}
 * @param hostAddress address to listen on, {@code 0.0.0.0} for all
 * @param hostPort 1 to 65535, or 0 for any that is free
 * @param containerPort 1 to 65535
 */
public record PortMapping(String protocol, String hostAddress, int hostPort, int containerPort) {
    /** Refuses ports and protocols that do not exist. */
    public PortMapping {
        if (!protocol.equals("tcp") && !protocol.equals("udp")) {
            throw new InvalidSpec(
                    "protocol '" + protocol + "' of a published port is neither tcp nor udp");
        }
        if (hostPort < 0 || hostPort > 65535) {
            throw new InvalidSpec("host port " + hostPort + " is not between 1 and 65535");
        }
        if (containerPort < 1 || containerPort > 65535) {
            throw new InvalidSpec(
                    "container port " + containerPort + " is not between 1 and 65535");
        }
    }

    /** {@return as users write it: {@code 127.0.0.1:8080:80/tcp}} */
    @Override
    public String toString() {
        return hostAddress + ":" + hostPort + ":" + containerPort + "/" + protocol;
    }
}
