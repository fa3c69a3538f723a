// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.config;

import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.runtime.log.LogLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The configuration in effect.
 *
 * @param hypervisor name of a driver, empty for the first that can work
 * @param storage name of a driver, empty for the first that can work
 * @param network name of a network, empty for the first of a driver that can work
 * @param memoryBytes guest memory
 * @param cpus CPUs of a container
 * @param boot what guests boot
 * @param requireHardware whether containers need hardware virtualization
 * @param stopTimeout time between stop signal and KILL
 * @param guest folder with what was installed for guests
 * @param spares how many machines wait for containers at most
 * @param templates how many templates are kept, 0 if every machine is to be booted
 * @param bootTimeout time that a guest may take to boot
 * @param log how much is kept of what a container prints
 */
public record Settings(
        String hypervisor,
        String storage,
        String network,
        long memoryBytes,
        double cpus,
        Boot boot,
        boolean requireHardware,
        Duration stopTimeout,
        Path guest,
        int spares,
        int templates,
        Duration bootTimeout,
        LogLimits log) {
    private static final String GUEST = "guest";

    /**
     * @param config ConfigAdmin's configuration
     * @param file hyperd's file, which goes before it
     * @param home folder that the daemon was installed in
     * @param requireHardware what the command line asks for
     * @return the configuration in effect
     */
    public static Settings of(
            RuntimeConfig config, HyperdFile file, Path home, boolean requireHardware) {
        String hypervisor = file.value("Hypervisor").orElse(config.hypervisor());
        // hyperd's names for QEMU that must not run without KVM.
        boolean kvm = hypervisor.equals("kvm") || hypervisor.equals("qemu-kvm");
        return new Settings(
                kvm ? "qemu" : hypervisor,
                file.value("StorageDriver").orElse(config.storage()),
                config.network(),
                config.memory_mib() << 20,
                config.cpus(),
                new Boot(
                        path(file.value("Kernel").orElse(config.kernel()), home, "vmlinuz"),
                        path(file.value("Initrd").orElse(config.initrd()), home, "initrd"),
                        List.of(config.kernel_arguments())),
                kvm || requireHardware || config.require_hardware(),
                Duration.ofSeconds(config.stop_timeout()),
                home.resolve(GUEST),
                config.spares(),
                config.templates(),
                Duration.ofSeconds(config.boot_timeout()),
                new LogLimits((long) config.log_size_mib() << 20, config.log_files()));
    }

    private static Path path(String value, Path home, String shipped) {
        return value.isEmpty() ? home.resolve(GUEST).resolve(shipped) : Path.of(value);
    }
}
