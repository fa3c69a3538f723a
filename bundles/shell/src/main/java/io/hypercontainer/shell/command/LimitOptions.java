// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.shell.command.option.UlimitOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for what the processes of a container may do, whichever machine they run in. */
final class LimitOptions {
    @Option(
            names = "--pids-limit",
            paramLabel = "NUMBER",
            description = "Most processes and threads, -1 for no limit")
    Optional<Integer> pids = Optional.empty();

    @Option(
            names = "--ulimit",
            paramLabel = "NAME=SOFT:HARD",
            description = "Limit of each process, as in nofile=1024:2048")
    List<String> ulimits = new ArrayList<>();

    @Option(
            names = "--sysctl",
            paramLabel = "NAME=VALUE",
            description = "Kernel setting, as in net.core.somaxconn=512")
    List<String> sysctls = new ArrayList<>();

    @Option(
            names = "--group-add",
            paramLabel = "GROUP",
            description = "Further group of the process, name or number")
    List<String> groups = new ArrayList<>();

    /**
     * Adds what the options say.
     *
     * @param share how much of its pod's memory and CPUs the container may use
     */
    void apply(ContainerSpecBuilder spec, Limits share) {
        spec.limits(new Limits(share.memoryBytes(), share.cpus(), pids()))
                .ulimits(ulimits.stream().map(UlimitOption::parse).toList())
                .sysctls(sysctls())
                .groups(groups);
    }

    private int pids() {
        int limit = pids.orElse(0);
        if (limit < -1) {
            throw new InvalidSpec("--pids-limit " + limit + " is below -1");
        }
        return Math.max(0, limit);
    }

    private Map<String, String> sysctls() {
        Map<String, String> all = new LinkedHashMap<>();
        for (String sysctl : sysctls) {
            int equals = sysctl.indexOf('=');
            if (equals < 1) {
                throw new InvalidSpec(
                        "invalid sysctl '"
                                + sysctl
                                + "': give NAME=VALUE, as in net.core.somaxconn=512");
            }
            all.put(sysctl.substring(0, equals), sysctl.substring(equals + 1));
        }
        return all;
    }
}
