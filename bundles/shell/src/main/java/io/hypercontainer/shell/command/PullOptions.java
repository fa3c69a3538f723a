// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Options that say when to ask a registry. */
final class PullOptions {
    private static final String WHEN = "WHEN";

    @Option(
            names = "--pull",
            paramLabel = WHEN,
            description = "Pull the image before: always, missing (default), never")
    String when = "missing";

    @Option(
            names = {"-q", "--quiet"},
            description = "Suppress the output of a pull")
    boolean quiet;

    ImageFetcher.Policy policy() {
        return ImageFetcher.Policy.parse(when);
    }

    static List<String> complete(String argument, String prefix) {
        return argument.equals(WHEN)
                ? Candidates.fitting(prefix, Stream.of("always", "missing", "never"))
                : List.of();
    }
}
