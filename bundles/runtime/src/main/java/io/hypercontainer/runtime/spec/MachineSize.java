// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.HostSize;

/**
 * The size of a container's virtual machine.
 *
 * @param memoryBytes guest memory, a multiple of 1 MiB
 * @param cpus the container's share of CPUs, may be a fraction
 */
public record MachineSize(long memoryBytes, double cpus) {
    private static final long MIB = 1L << 20;

    /** Kernel, initrd and agent need about half of it. */
    private static final long LEAST_MEMORY = 128 * MIB;

    /**
     * Rounds memory up to whole MiB.
     *
     * @throws InvalidSpec if no guest could boot with it
     */
    public MachineSize {
        if (memoryBytes < LEAST_MEMORY) {
            throw new InvalidSpec(
                    "memory of "
                            + mib(memoryBytes)
                            + " is too little for a virtual machine: give at least "
                            + mib(LEAST_MEMORY));
        }
        if (!(cpus >= 0.01)) {
            throw new InvalidSpec(cpus + " CPUs are too few: give at least 0.01");
        }
        memoryBytes = (memoryBytes + MIB - 1) / MIB * MIB;
    }

    /**
     * @param host how large the host is
     * @return this size
     * @throws InvalidSpec if the host is smaller
     */
    public MachineSize within(HostSize host) {
        if (memoryBytes > host.memoryBytes()) {
            throw new InvalidSpec(
                    "memory of "
                            + mib(memoryBytes)
                            + " is more than the host has ("
                            + mib(host.memoryBytes())
                            + ")");
        }
        if (cpus > host.cpus()) {
            throw new InvalidSpec(
                    cpus + " CPUs are more than the host has (" + host.cpus() + "): give fewer");
        }
        return this;
    }

    /** {@return CPUs of the machine: whole ones} */
    public int virtualCpus() {
        return (int) Math.ceil(cpus);
    }

    /** {@return what the container may use of them in thousandths, 0 for all} */
    public int milliCpus() {
        int milli = (int) Math.round(cpus * 1000);
        return milli == virtualCpus() * 1000 ? 0 : milli;
    }

    private static String mib(long bytes) {
        return bytes / MIB + " MiB";
    }
}
