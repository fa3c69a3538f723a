// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.StatsRow;
import io.hypercontainer.shell.command.view.StatsSampler;
import io.hypercontainer.shell.format.Fields;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stats}: what containers use, as their guests count it. */
@CommandLine.Command(
        name = "stats",
        aliases = "container stats",
        description = "Display a live stream of container resource usage statistics")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class StatsCommand implements Command {
    private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private final Runtime runtime;

    @Option(
            names = {"-a", "--all"},
            description = "Show all containers (default shows just running)")
    private boolean all;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    private String format = "";

    @Option(names = "--no-stream", description = "Print the first result and end")
    private boolean once;

    @Option(names = "--no-trunc", description = "Do not truncate output")
    private boolean whole;

    @Parameters(
            arity = "0..*",
            paramLabel = Candidates.CONTAINER,
            description = "Only these containers")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the containers
     */
    @Activate
    public StatsCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        StatsSampler sampler = new StatsSampler(runtime.containers(), names, all, whole);
        sampler.sample();
        while (true) {
            pause();
            List<Fields> rows = sampler.sample();
            if (!once && session.outIsTerminal()) {
                session.out().print(HOME_AND_CLEAR);
            }
            StatsRow.LISTING.print(session.out(), format, rows);
            if (once) {
                return 0;
            }
            if (session.out().checkError()) {
                throw new IOException("the client takes no more output");
            }
        }
    }

    /** The use of processors is a difference between two samples. */
    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            throw new Interrupted("sampling", e);
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::running)
                : List.of();
    }
}
