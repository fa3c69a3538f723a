// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

/**
 * A host port that leads to a guest port.
 *
 * @param protocol {@code tcp} or {@code udp}
 * @param hostAddress the host's address to listen on, {@code 0.0.0.0} for all
 * @param hostPort 1 to 65535
 * @param guestPort 1 to 65535
 */
public record Forward(String protocol, String hostAddress, int hostPort, int guestPort) {}
