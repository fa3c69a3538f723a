// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How long containers may take to end. */
final class GraceOptions {
    @Option(
            names = {"-t", "--timeout", "--time"},
            paramLabel = "SECONDS",
            description = "Time to wait before killing the container")
    Optional<Integer> seconds = Optional.empty();

    Optional<Duration> grace() {
        if (seconds.orElse(0) < 0) {
            throw new InvalidSpec("--timeout " + seconds.orElseThrow() + " is below 0");
        }
        return seconds.map(Duration::ofSeconds);
    }
}
