// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.PortRow;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ports ls}: where the ports of a pod are published. */
@CommandLine.Command(
        name = "ports ls",
        aliases = {"ports list", "pod port", "pod ports"},
        description = "List published ports of a pod")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PortsListCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    private String format = "";

    @Parameters(index = "0", paramLabel = Candidates.POD, description = "Pod to look at")
    private String name = "";

    /**
     * @param runtime has the pods
     */
    @Activate
    public PortsListCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        PortRow.LISTING.print(
                session.out(),
                format,
                runtime.pods().get(name).ports().stream()
                        .sorted(PortRow.ORDER)
                        .map(PortRow::of)
                        .toList());
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
