// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.shell.command.option.CpusOption;
import io.hypercontainer.shell.command.option.SizeOption;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that say in which virtual machine a container runs. */
final class MachineOptions {
    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            description = "Memory of the virtual machine, as in 512m")
    Optional<String> memory = Optional.empty();

    @Option(names = "--cpus", paramLabel = "NUMBER", description = "Number of CPUs, as in 1.5")
    Optional<String> cpus = Optional.empty();

    @Option(
            names = "--hypervisor",
            paramLabel = Candidates.HYPERVISOR,
            description = "Hypervisor driver to use")
    Optional<String> hypervisor = Optional.empty();

    @Option(
            names = "--storage",
            paramLabel = Candidates.STORAGE,
            description = "Storage driver to use")
    Optional<String> storage = Optional.empty();

    @Option(
            names = {"--network", "--net"},
            paramLabel = Candidates.NETWORK,
            description = "Network to connect to, or none")
    Optional<String> network = Optional.empty();

    @Option(
            names = "--storage-opt",
            paramLabel = "size=SIZE",
            description = "The most that the container may write to its root file system")
    Optional<String> storageOption = Optional.empty();

    @Option(names = "--require-kvm", description = "Refuse to run without hardware virtualization")
    boolean requireHardware;

    MachineSpec spec() {
        return new MachineSpec(
                hypervisor,
                storage,
                network,
                memory.map(m -> SizeOption.parse("--memory", m)),
                cpus.map(CpusOption::parse),
                storageOption.map(MachineOptions::rootSize),
                requireHardware);
    }

    /** What the options say, over a machine that was asked for otherwise. */
    MachineSpec over(MachineSpec other) {
        MachineSpec ours = spec();
        return new MachineSpec(
                ours.hypervisor().or(other::hypervisor),
                ours.storage().or(other::storage),
                ours.network().or(other::network),
                ours.memoryBytes().or(other::memoryBytes),
                ours.cpus().or(other::cpus),
                ours.rootBytes().or(other::rootBytes),
                ours.requireHardware() || other.requireHardware());
    }

    private static long rootSize(String option) {
        String size = option.startsWith("size=") ? option.substring("size=".length()) : "";
        return SizeOption.parse("--storage-opt size=", size);
    }
}
