// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.hypervisor.HostSize;
import io.hypercontainer.api.hypervisor.Hypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the host says of itself (proc(5), os-release(5)). */
final class HostFacts {
    private static final long SPARE = 64 << 20;

    private HostFacts() {}

    /** {@return what machines of a hypervisor can have} */
    static HostSize size(Hypervisor hypervisor) {
        return hypervisor.hostSize().orElseGet(HostFacts::size);
    }

    /** {@return what this kernel sees} */
    static HostSize size() {
        return new HostSize(memoryBytes(), java.lang.Runtime.getRuntime().availableProcessors());
    }

    private static long memoryBytes() {
        return kibibytes(Path.of("/proc/meminfo"), "MemTotal:");
    }

    /** {@return how many machines may wait: of 64 MiB each, in a twentieth of the memory} */
    static int mostSpares() {
        return (int) (memoryBytes() / 20 / SPARE);
    }

    /** {@return whether there is memory for what only saves time: a quarter of all is free} */
    static boolean hasSpareMemory() {
        return kibibytes(Path.of("/proc/meminfo"), "MemAvailable:") > memoryBytes() / 4;
    }

    static long ownMemoryBytes() {
        return kibibytes(Path.of("/proc/self/status"), "VmRSS:");
    }

    static String kernel() {
        return line(Path.of("/proc/sys/kernel/osrelease"), "").orElse("unknown");
    }

    static String operatingSystem() {
        return line(Path.of("/etc/os-release"), "PRETTY_NAME=")
                .map(name -> name.replace("\"", ""))
                .orElse("Linux");
    }

    private static long kibibytes(Path file, String key) {
        return line(file, key)
                .map(value -> Long.parseLong(value.replaceAll("[^0-9]", "")) * 1024)
                .orElse(0L);
    }

    private static Optional<String> line(Path file, String key) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(key.length()).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
