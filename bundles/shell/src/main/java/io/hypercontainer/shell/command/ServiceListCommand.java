// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.ServiceRow;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code service ls}: addresses in a pod that are spread over others. */
@CommandLine.Command(
        name = "service ls",
        aliases = {"service list", "pod service", "pod services"},
        description = "List services of a pod")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ServiceListCommand implements Command {
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
    public ServiceListCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        ServiceRow.LISTING.print(
                session.out(),
                format,
                runtime.pods().get(name).services().stream().map(ServiceRow::of).toList());
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
