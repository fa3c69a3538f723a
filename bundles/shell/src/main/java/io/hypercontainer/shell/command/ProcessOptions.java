// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.shell.command.option.PairsOption;
import io.hypercontainer.shell.command.option.PidsOption;
import io.hypercontainer.shell.command.option.UlimitOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that say what a container's processes may do. */
final class ProcessOptions {
    @Option(
            names = "--pids-limit",
            paramLabel = "NUMBER",
            description = "Most processes and threads of the container, -1 for unlimited")
    Optional<String> pids = Optional.empty();

    @Option(
            names = "--ulimit",
            paramLabel = "NAME=SOFT:HARD",
            description = "Limit of each process, as in nofile=1024:2048")
    List<String> ulimits = new ArrayList<>();

    @Option(
            names = "--sysctl",
            paramLabel = "NAME=VALUE",
            description = "Kernel setting of the container, as in net.core.somaxconn=1024")
    List<String> sysctls = new ArrayList<>();

    @Option(
            names = "--group-add",
            paramLabel = "GROUP",
            description = "Additional groups to join, names or numbers")
    List<String> groups = new ArrayList<>();

    void put(ContainerSpecBuilder spec) {
        pids.map(PidsOption::parse).ifPresent(p -> spec.limits(new Limits(0, 0, p)));
        spec.ulimits(ulimits.stream().map(UlimitOption::parse).toList())
                .sysctls(PairsOption.parse("--sysctl", sysctls))
                .groups(groups);
    }
}
