// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.ContainerFilter;
import io.hypercontainer.shell.command.view.ContainerRow;
import io.hypercontainer.shell.command.view.Ids;
import io.hypercontainer.shell.command.view.PodNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options and output of {@code ps} and {@code list}. */
final class ContainerListing {
    @Option(
            names = {"-a", "--all"},
            description = "Show all containers (default shows just running)")
    boolean all;

    @Option(
            names = {"-f", "--filter"},
            paramLabel = "KEY=VALUE",
            description =
                    "Filter by id, name, status, health, label, ancestor, exited, volume, network or"
                            + " pod")
    List<String> filters = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    String format = "";

    @Option(
            names = {"-n", "--last"},
            paramLabel = "NUMBER",
            description = "Show n last created containers (includes all states)")
    int last = -1;

    @Option(
            names = {"-l", "--latest"},
            description = "Show the latest created container (includes all states)")
    boolean latest;

    @Option(
            names = {"-p", "--pod"},
            paramLabel = Candidates.POD,
            description = "Only containers of this pod")
    Optional<String> pod = Optional.empty();

    @Option(names = "--no-trunc", description = "Don't truncate output")
    boolean whole;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only display container IDs")
    boolean quiet;

    void print(Session session, Runtime runtime) {
        PodNames pods = PodNames.of(runtime);
        List<Container> containers = select(runtime, pods);
        Instant now = Instant.now();
        if (quiet && format.isEmpty()) {
            containers.forEach(c -> session.out().println(whole ? c.id() : Ids.shorten(c.id())));
            return;
        }
        ContainerRow.LISTING.print(
                session.out(),
                format,
                containers.stream().map(c -> ContainerRow.of(c, pods, now, whole)).toList());
    }

    static List<String> complete(Runtime runtime, String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }

    private List<Container> select(Runtime runtime, PodNames pods) {
        List<String> chosen = new ArrayList<>(filters);
        pod.ifPresent(name -> chosen.add("pod=" + name));
        ContainerFilter filter = ContainerFilter.parse(chosen, pods);
        int most = latest ? 1 : last;
        boolean everyState = all || most > 0 || filter.wantsStopped();
        return runtime.containers().list().stream()
                .filter(c -> everyState || isUp(c.state()))
                .filter(filter)
                .limit(most > 0 ? most : Integer.MAX_VALUE)
                .toList();
    }

    /** {@return whether docker counts it among those that run} */
    static boolean isUp(ContainerState state) {
        return switch (state) {
            case ContainerState.Running r -> true;
            case ContainerState.Paused p -> true;
            case ContainerState.Restarting r -> true;
            case ContainerState.Created c -> false;
            case ContainerState.Exited e -> false;
        };
    }
}
