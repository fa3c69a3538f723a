// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.InvalidSpec;

/**
 * A container's share of its pod's machine; 0 means no limit but the machine's own.
 *
 * @param memoryBytes most memory
 * @param cpus most CPUs, may be a fraction
 * @param pids most processes and threads
 */
public record Limits(long memoryBytes, double cpus, int pids) {
    /** No limits. */
    public static final Limits NONE = new Limits(0, 0, 0);

    /** Refuses numbers below 0. */
    public Limits {
        if (memoryBytes < 0 || !(cpus >= 0) || pids < 0) {
            throw new InvalidSpec(
                    "limits below 0: memory " + memoryBytes + ", cpus " + cpus + ", pids " + pids);
        }
    }
}
