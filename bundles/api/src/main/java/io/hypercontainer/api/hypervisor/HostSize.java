// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

/**
 * How large a host is: what all of its machines, and the system that runs the daemon, have
 * together.
 *
 * @param memoryBytes memory
 * @param cpus CPUs
 */
public record HostSize(long memoryBytes, int cpus) {}
