// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.LogSpec;
import io.hypercontainer.shell.command.option.PairsOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Options that say what becomes of what a container prints. */
final class LogDriverOptions {
    static final String DRIVER = "DRIVER";

    @Option(
            names = "--log-driver",
            paramLabel = DRIVER,
            description = "Logging driver: json-file (default) or none")
    Optional<String> driver = Optional.empty();

    @Option(
            names = "--log-opt",
            paramLabel = "NAME=VALUE",
            description = "Options of json-file: max-size=10m, max-file=3")
    List<String> options = new ArrayList<>();

    static List<String> drivers(String prefix) {
        return Candidates.fitting(prefix, Stream.of("json-file", "none"));
    }

    void put(ContainerSpecBuilder spec) {
        spec.log(new LogSpec(driver, PairsOption.parse("--log-opt", options)));
    }
}
