// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.network.PortMapping;
import java.util.List;
import java.util.Map;

/**
 * What a container does, with nothing left open.
 *
 * @param args program and arguments, at least one
 * @param env {@code NAME=value} each, complete
 * @param user {@code user[:group]}, empty for root
 * @param workdir absolute working directory
 * @param hostname host name
 * @param labels labels
 * @param mounts outer ones before those inside them
 * @param ports what to publish; host port 0 is chosen at each start
 * @param exposedPorts what the image exposes
 * @param stopSignal signal that asks it to stop
 */
public record Resolved(
        List<String> args,
        List<String> env,
        String user,
        String workdir,
        String hostname,
        Map<String, String> labels,
        List<Mounted> mounts,
        List<PortMapping> ports,
        List<String> exposedPorts,
        String stopSignal) {
    /** Keeps unmodifiable copies. */
    public Resolved {
        args = List.copyOf(args);
        env = List.copyOf(env);
        labels = Map.copyOf(labels);
        mounts = List.copyOf(mounts);
        ports = List.copyOf(ports);
        exposedPorts = List.copyOf(exposedPorts);
    }
}
