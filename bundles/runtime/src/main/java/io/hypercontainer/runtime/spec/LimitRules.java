// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.Limits;

/** What a container's share of its pod's machine can be. */
public final class LimitRules {
    private static final long MIB = 1L << 20;

    /** As docker: a process and what the kernel keeps for it do not fit into less. */
    private static final long LEAST_MEMORY = 6 * MIB;

    private static final double LEAST_CPUS = 0.01;

    private LimitRules() {}

    /**
     * @param limits what the user wants
     * @param machine the pod's machine
     * @return the same
     * @throws InvalidSpec if nothing could run within it, or the machine is smaller
     */
    public static Limits within(Limits limits, MachineSize machine) {
        if (limits.memoryBytes() > 0 && limits.memoryBytes() < LEAST_MEMORY) {
            throw new InvalidSpec(
                    "a memory limit of "
                            + limits.memoryBytes()
                            + " bytes is too little: give at least 6 MiB");
        }
        if (limits.memoryBytes() > machine.memoryBytes()) {
            throw new InvalidSpec(
                    "a memory limit of "
                            + limits.memoryBytes() / MIB
                            + " MiB is more than the machine has ("
                            + machine.memoryBytes() / MIB
                            + " MiB): resize the pod or give less");
        }
        if (limits.cpus() > 0 && limits.cpus() < LEAST_CPUS) {
            throw new InvalidSpec(limits.cpus() + " CPUs are too few: give at least " + LEAST_CPUS);
        }
        if (limits.cpus() > machine.cpus()) {
            throw new InvalidSpec(
                    limits.cpus()
                            + " CPUs are more than the machine has ("
                            + machine.cpus()
                            + "): resize the pod or give fewer");
        }
        return limits;
    }
}
