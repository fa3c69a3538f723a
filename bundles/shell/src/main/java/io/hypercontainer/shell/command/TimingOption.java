// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Tells how long the steps of a start took; the runtime leaves that in each start's event. */
final class TimingOption {
    private static final String TIMING = "timing";

    @Option(
            names = "--timing",
            description = "Print to standard error how long the steps of the start took")
    private boolean wanted;

    private final Instant begin = Instant.now();

    void print(Session session, Runtime runtime, String container) {
        if (!wanted) {
            return;
        }
        runtime.events()
                .read(
                        Optional.of(begin),
                        Optional.of(Instant.now()),
                        event -> {
                            if (event.id().equals(container) && event.action().equals("start")) {
                                session.err().println("timing: " + event.attributes().get(TIMING));
                            }
                        });
    }
}
