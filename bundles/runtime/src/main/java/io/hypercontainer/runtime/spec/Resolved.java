// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.agent.Ulimit;
import java.util.List;
import java.util.Map;

/**
 * What a container does, with nothing left open.
 *
 * @param args program and arguments, at least one
 * @param entrypointWords how many of them are the entrypoint, which stays when another command is
 *     given
 * @param env {@code NAME=value} each, complete
 * @param user {@code user[:group]}, empty for root
 * @param workdir absolute working directory
 * @param labels labels
 * @param mounts outer ones before those inside them
 * @param exposedPorts what the image exposes
 * @param stopSignal signal that asks it to stop
 * @param groups further groups of its process
 * @param sysctls kernel settings of its namespaces
 * @param ulimits limits of its processes
 */
public record Resolved(
        List<String> args,
        int entrypointWords,
        List<String> env,
        String user,
        String workdir,
        Map<String, String> labels,
        List<Mounted> mounts,
        List<String> exposedPorts,
        String stopSignal,
        List<String> groups,
        Map<String, String> sysctls,
        List<Ulimit> ulimits) {
    /** Keeps unmodifiable copies. */
    public Resolved {
        args = List.copyOf(args);
        env = List.copyOf(env);
        labels = Map.copyOf(labels);
        mounts = List.copyOf(mounts);
        exposedPorts = List.copyOf(exposedPorts);
        groups = List.copyOf(groups);
        sysctls = Map.copyOf(sysctls);
        ulimits = List.copyOf(ulimits);
    }
}
