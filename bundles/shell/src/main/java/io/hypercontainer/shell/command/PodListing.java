// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.Ids;
import io.hypercontainer.shell.command.view.PodFilter;
import io.hypercontainer.shell.command.view.PodRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options and output of {@code pod ls}. */
final class PodListing {
    @Option(
            names = {"-f", "--filter"},
            paramLabel = "KEY=VALUE",
            description =
                    "Filter by id, name, status, label, network, or single=false for pods that were"
                            + " not made for one container")
    List<String> filters = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    String format = "";

    @Option(names = "--no-trunc", description = "Don't truncate output")
    boolean whole;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only display pod IDs")
    boolean quiet;

    /** Only the pod of this name or id, if any. */
    Optional<String> only = Optional.empty();

    /** Whether machines that run are listed instead of pods. */
    boolean machines;

    void print(Session session, Runtime runtime) {
        PodFilter filter = PodFilter.parse(filters);
        List<Pod> pods =
                only
                        .map(name -> List.of(runtime.pods().get(name)))
                        .orElseGet(runtime.pods()::list)
                        .stream()
                        .filter(filter)
                        .filter(pod -> !machines || Candidates.activePod(pod.state()))
                        .toList();
        Instant now = Instant.now();
        if (quiet && format.isEmpty()) {
            pods.forEach(p -> session.out().println(whole ? p.id() : Ids.shorten(p.id())));
            return;
        }
        (machines ? PodRow.MACHINES : PodRow.LISTING)
                .print(
                        session.out(),
                        format,
                        pods.stream().map(p -> PodRow.of(p, now, whole)).toList());
    }
}
