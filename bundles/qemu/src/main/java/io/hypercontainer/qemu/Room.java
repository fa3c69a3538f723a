// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How far a machine can grow while it runs. It is decided before the start and costs nothing but
 * what is said here.
 *
 * @param devices disks, interfaces and shares that can be added; a root port each, about 1 ms of an
 *     emulated boot up to 16 and 5 ms beyond
 * @param memoryBytes the most memory; only addresses are reserved
 * @param cpus the most CPUs; 256 KiB of the guest's memory each
 */
record Room(int devices, long memoryBytes, int cpus) {
    static final Room NONE = new Room(0, 0, 0);

    /** What every processor that machines are likely to meet can address. */
    private static final long MOST_MEMORY = 512L << 30;

    private static final Path MEMINFO = Path.of("/proc/meminfo");

    /** {@return the room on this host: a guest never gets more than the host has} */
    static Room ofHost(int devices, int cpus) {
        try {
            var total =
                    Files.readAllLines(MEMINFO).stream()
                            .filter(l -> l.startsWith("MemTotal:"))
                            .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
                            .findFirst()
                            .orElse(0);
            return new Room(
                    devices,
                    Math.min(total, MOST_MEMORY),
                    Math.min(cpus, Runtime.getRuntime().availableProcessors()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot read " + MEMINFO, e);
        }
    }
}
