// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an image wants to be run (OCI image-spec config.md; health check as in docker's).
 *
 * @param architecture GOARCH of its programs
 * @param os GOOS of its programs
 * @param entrypoint start of the command line
 * @param command rest of the command line unless the user gives another
 * @param env {@code NAME=value} each
 * @param user {@code user[:group]}, empty for root
 * @param workdir working directory, empty for {@code /}
 * @param exposedPorts {@code 80/tcp} each
 * @param volumes paths that are volumes
 * @param labels labels
 * @param stopSignal name or number of the signal that asks it to stop, empty for TERM
 * @param healthcheck how to see whether it is well
 */
public record ImageConfig(
        String architecture,
        String os,
        List<String> entrypoint,
        List<String> command,
        List<String> env,
        String user,
        String workdir,
        List<String> exposedPorts,
        List<String> volumes,
        Map<String, String> labels,
        String stopSignal,
        Optional<Healthcheck> healthcheck) {
    /** Keeps unmodifiable copies. */
    public ImageConfig {
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        env = List.copyOf(env);
        exposedPorts = List.copyOf(exposedPorts);
        volumes = List.copyOf(volumes);
        labels = Map.copyOf(labels);
    }

    /**
     * A health check.
     *
     * @param test {@code CMD} or {@code CMD-SHELL} and arguments
     * @param intervalNanos time between two checks, 0 for the default
     * @param timeoutNanos time for one check, 0 for the default
     * @param startPeriodNanos time in which failures do not count, 0 for the default
     * @param retries failures in a row that make it unhealthy, 0 for the default
     */
    public record Healthcheck(
            List<String> test,
            long intervalNanos,
            long timeoutNanos,
            long startPeriodNanos,
            int retries) {
        /** Keeps an unmodifiable copy. */
        public Healthcheck {
            test = List.copyOf(test);
        }
    }
}
