// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.LogOptions;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.TimeOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}: prints what a container has printed. */
@CommandLine.Command(
        name = "logs",
        aliases = "container logs",
        description = "Fetch the logs of a container")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class LogsCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--follow"},
            description = "Follow log output")
    private boolean follow;

    @Option(
            names = {"-t", "--timestamps"},
            description = "Show timestamps")
    private boolean timestamps;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Show logs since a time (2006-01-02T15:04:05Z) or for how long (10m)")
    private Optional<String> since = Optional.empty();

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "Show logs before a time (2006-01-02T15:04:05Z) or until how long ago")
    private Optional<String> until = Optional.empty();

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "LINES",
            description = "Number of lines to show from the end of the logs (default all)")
    private String tail = "all";

    @Option(
            names = "--details",
            description = "Show extra details: what --log-opt has given the lines, here nothing")
    private boolean details;

    @Parameters(paramLabel = Candidates.CONTAINER, description = "Container to look at")
    private String name = "";

    /**
     * @param runtime has the container
     */
    @Activate
    public LogsCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Instant now = Instant.now();
        LogOptions options =
                new LogOptions(
                        follow,
                        since.map(time -> TimeOption.parse("--since", time, now)),
                        until.map(time -> TimeOption.parse("--until", time, now)),
                        lines(),
                        true,
                        true);
        runtime.containers()
                .logs(name, options, new LogPrinter(session, timestamps, details, follow));
        return 0;
    }

    /** As docker, a negative number and {@code all} mean all. */
    private Optional<Integer> lines() {
        if (tail.equals("all")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.parseInt(tail)).filter(lines -> lines >= 0);
        } catch (NumberFormatException e) {
            throw new InvalidSpec(
                    "invalid value '" + tail + "' for --tail: give a number or all", e);
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::any)
                : List.of();
    }
}
