// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.util.List;
import java.util.Map;

/**
 * A container as the guest shall make it. It shares network, IPC and host name with all others.
 *
 * @param id its id
 * @param root its root file system
 * @param readOnly whether the root file system may only be read
 * @param mounts what is mounted in it, in this order
 * @param limits its share of the machine
 * @param sysctls kernel settings of its namespaces
 */
public record GuestContainer(
        String id,
        GuestRoot root,
        boolean readOnly,
        List<GuestMount> mounts,
        Limits limits,
        Map<String, String> sysctls) {
    /** Keeps unmodifiable copies. */
    public GuestContainer {
        mounts = List.copyOf(mounts);
        sysctls = Map.copyOf(sysctls);
    }

    /**
     * Limits of a container inside its machine; 0 means no limit but the machine's own.
     *
     * @param memoryBytes most memory
     * @param milliCpus thousandths of a CPU
     * @param pids most processes and threads
     */
    public record Limits(long memoryBytes, int milliCpus, int pids) {
        /** No limits. */
        public static final Limits NONE = new Limits(0, 0, 0);
    }
}
