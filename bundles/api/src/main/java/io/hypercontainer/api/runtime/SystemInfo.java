// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.List;
import java.util.Map;

/**
 * The daemon, its drivers and its host.
 *
 * @param version the daemon's version
 * @param root its state folder
 * @param running number of running containers
 * @param stopped number of containers that do not run
 * @param images number of images
 * @param cpus CPUs of the host
 * @param memoryBytes memory of the host
 * @param hostKernel release of the host's kernel
 * @param operatingSystem the host's own name for itself
 * @param daemonMemoryBytes resident memory of the daemon
 * @param machineMemoryBytes the host's memory that the virtual machines of running pods take, what
 *     they share counted once
 * @param drivers all drivers
 * @param problems what is damaged or missing, one line each; empty if all is well
 */
public record SystemInfo(
        String version,
        String root,
        int running,
        int stopped,
        int images,
        int cpus,
        long memoryBytes,
        String hostKernel,
        String operatingSystem,
        long daemonMemoryBytes,
        long machineMemoryBytes,
        List<DriverInfo> drivers,
        List<String> problems) {
    /** Keeps unmodifiable copies. */
    public SystemInfo {
        drivers = List.copyOf(drivers);
        problems = List.copyOf(problems);
    }

    /**
     * A driver.
     *
     * @param kind {@code hypervisor}, {@code storage} or {@code network}
     * @param name its name
     * @param bundle symbolic name and version of its bundle
     * @param usable whether it can work here
     * @param standard whether it is used where nobody asks for another
     * @param reasons why it is not usable, or what to know about it
     * @param facts what it found on the host
     */
    public record DriverInfo(
            String kind,
            String name,
            String bundle,
            boolean usable,
            boolean standard,
            List<String> reasons,
            Map<String, String> facts) {
        /** Keeps unmodifiable copies. */
        public DriverInfo {
            reasons = List.copyOf(reasons);
            facts = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(facts));
        }
    }
}
