// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Runtime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code port}: where the ports of a container are published. */
@CommandLine.Command(
        name = "port",
        aliases = "container port",
        description = "List published ports of a container")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PortCommand implements Command {
    private final Runtime runtime;

    @Parameters(
            index = "0",
            paramLabel = Candidates.CONTAINER,
            description = "Container to look at")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PORT/PROTOCOL",
            description = "Only this port of the container")
    private Optional<String> port = Optional.empty();

    /**
     * @param runtime has the container
     */
    @Activate
    public PortCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Container container = runtime.containers().get(name);
        List<PortMapping> mappings =
                container.ports().stream()
                        .sorted(
                                Comparator.comparingInt(PortMapping::containerPort)
                                        .thenComparing(PortMapping::protocol))
                        .toList();
        if (port.isEmpty()) {
            mappings.forEach(m -> session.out().println(inside(m) + " -> " + outside(m)));
            return 0;
        }
        String wanted = port.get().contains("/") ? port.get() : port.get() + "/tcp";
        List<PortMapping> found = mappings.stream().filter(m -> inside(m).equals(wanted)).toList();
        if (found.isEmpty()) {
            throw new NotFound("no public port '" + wanted + "' published for " + name);
        }
        found.forEach(m -> session.out().println(outside(m)));
        return 0;
    }

    private static String inside(PortMapping mapping) {
        return mapping.containerPort() + "/" + mapping.protocol();
    }

    private static String outside(PortMapping mapping) {
        String host = mapping.hostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + mapping.hostPort();
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::any)
                : List.of();
    }
}
