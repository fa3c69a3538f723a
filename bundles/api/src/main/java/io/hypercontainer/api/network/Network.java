// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.network;

/**
 * A network.
 *
 * @param name its name
 * @param driver name of its driver
 * @param subnet its addresses as CIDR
 * @param gateway the host's address in it
 */
public record Network(String name, String driver, String subnet, String gateway) {}
