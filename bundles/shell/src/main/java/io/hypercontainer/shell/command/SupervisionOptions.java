// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.HealthOptions;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.shell.command.option.DurationOption;
import io.hypercontainer.shell.command.option.RestartOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Options about containers that end, or are not well. */
final class SupervisionOptions {
    static final String POLICY = "POLICY";

    @Option(
            names = "--restart",
            paramLabel = POLICY,
            description = "When to restart it: no, on-failure[:RETRIES], always, unless-stopped")
    String restart = "";

    @Option(
            names = "--health-cmd",
            paramLabel = "COMMAND",
            description = "Command that tells whether it is well")
    Optional<String> command = Optional.empty();

    @Option(
            names = "--health-interval",
            paramLabel = "TIME",
            description = "Time between two checks, as in 1m30s (default 30s)")
    Optional<String> interval = Optional.empty();

    @Option(
            names = "--health-timeout",
            paramLabel = "TIME",
            description = "Time that a check may take (default 30s)")
    Optional<String> timeout = Optional.empty();

    @Option(
            names = "--health-start-period",
            paramLabel = "TIME",
            description = "Time after the start in which failures do not count (default 0s)")
    Optional<String> startPeriod = Optional.empty();

    @Option(
            names = "--health-retries",
            paramLabel = "NUMBER",
            description = "Failures in a row that make it unhealthy (default 3)")
    Optional<Integer> retries = Optional.empty();

    @Option(names = "--no-healthcheck", description = "Disable the image's health check")
    boolean noHealthcheck;

    void apply(ContainerSpecBuilder spec, boolean autoRemove) {
        RestartPolicy policy = RestartOption.parse(restart);
        if (autoRemove && policy.kind() != RestartPolicy.Kind.NO) {
            throw new InvalidSpec("conflicting options: cannot specify both --restart and --rm");
        }
        spec.restart(policy).health(health());
    }

    private HealthOptions health() {
        boolean described =
                Stream.of(command, interval, timeout, startPeriod, retries)
                        .anyMatch(Optional::isPresent);
        if (noHealthcheck && described) {
            throw new InvalidSpec("--no-healthcheck conflicts with the --health-* options");
        }
        return new HealthOptions(
                noHealthcheck,
                command.filter(c -> !c.isEmpty()).map(c -> List.of("/bin/sh", "-c", c)),
                interval.map(t -> DurationOption.parse("--health-interval", t)),
                timeout.map(t -> DurationOption.parse("--health-timeout", t)),
                startPeriod.map(t -> DurationOption.parse("--health-start-period", t)),
                retries);
    }
}
