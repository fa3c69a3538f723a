// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.ProcessInfo;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.ProcessColumn;
import io.hypercontainer.shell.format.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code top}: the processes of a container. */
@CommandLine.Command(
        name = "top",
        aliases = "container top",
        description = "Display the running processes of a container",
        footer = {"", "Examples:", "  hyperctl top web", "  hyperctl top web -o pid,user,args"})
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class TopCommand implements Command {
    private final Runtime runtime;

    @Parameters(
            index = "0",
            paramLabel = Candidates.CONTAINER,
            description = "Container to look at")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "OPTION",
            description = "Options of ps: -ef (default), aux, or -o with columns")
    private List<String> options = new ArrayList<>();

    /**
     * @param runtime has the container
     */
    @Activate
    public TopCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        List<ProcessColumn> columns = columns(options);
        List<ProcessInfo> processes = runtime.containers().processes(name);
        Instant now = Instant.now();
        Table table = new Table(texts(columns.stream().map(ProcessColumn::heading)));
        processes.forEach(p -> table.row(texts(columns.stream().map(c -> c.of(p, now)))));
        table.print(session.out());
        return 0;
    }

    private static String[] texts(Stream<String> texts) {
        return texts.toArray(String[]::new);
    }

    private static List<ProcessColumn> columns(List<String> options) {
        String all = String.join(" ", options).strip();
        if (all.matches("|-?(e|A)?f|-?e|-?A")) {
            return ProcessColumn.FULL;
        }
        if (all.matches("-?aux")) {
            return ProcessColumn.BSD;
        }
        if (!all.matches("(-?(e|A|ax))? ?-?o ?.+|-?(e|A|ax)o ?.+")) {
            throw new InvalidSpec(
                    "top does not know the options '"
                            + all
                            + "': it takes -ef, aux, or -o with columns, as in -o pid,args");
        }
        String named = all.substring(all.indexOf('o') + 1).strip();
        return Arrays.stream(named.split("[, ]+")).map(ProcessColumn::named).toList();
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::running)
                : List.of();
    }
}
