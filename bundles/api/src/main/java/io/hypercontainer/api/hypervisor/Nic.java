// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

/**
 * A network interface of a machine.
 *
 * @param id unique in the machine, {@code [a-z0-9-]}, at most 20 characters
 * @param mac hardware address as {@code 52:54:00:12:34:56}; the guest finds the interface by it
 * @param mtu largest packet in bytes, or 0 for the usual 1500
 * @param backend where its packets go
 */
public record Nic(String id, String mac, int mtu, NicBackend backend) {}
