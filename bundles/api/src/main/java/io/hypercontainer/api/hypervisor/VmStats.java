// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.time.Duration;

/**
 * What a virtual machine costs its host.
 *
 * @param cpuTime processor time used since its start
 * @param memoryBytes the host's memory that only this machine's processes hold plus its share of
 *     what they have in common with others (PSS where the host tells, else resident memory)
 */
public record VmStats(Duration cpuTime, long memoryBytes) {}
