// SPDX-License-Identifier: Apache-2.0
package com.example.isolation;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Runtime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/**
 * {@code isolation}: what separates running containers from the host. With {@code --at-least} it is
 * a check for scripts.
 */
@CommandLine.Command(
        name = "isolation",
        description = "Show what separates running containers from the host")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class IsolationCommand implements Command {
    private static final String FORMAT = "%-14s %-20s %-12s %s%n";

    private final Runtime runtime;

    @CommandLine.Option(
            names = "--at-least",
            paramLabel = "CLASS",
            description =
                    "Show only containers that are separated less well, and exit with 1 if there"
                            + " are any: hardware, paravirtual, emulation, process")
    private String atLeast = "";

    @CommandLine.Parameters(
            arity = "0..*",
            paramLabel = "CONTAINER",
            description = "Look at these only")
    private List<String> names = List.of();

    /**
     * Made by the framework, anew for each run.
     *
     * @param runtime has the containers
     */
    @Activate
    public IsolationCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        var wanted = atLeast.isEmpty() ? null : parse(atLeast);
        var shown = new ArrayList<Container>();
        for (var container : chosen()) {
            var isolation = container.machine().isolation().map(IsolationCommand::parse);
            // The classes are declared from the best to the least.
            if (wanted == null || isolation.filter(i -> i.compareTo(wanted) <= 0).isEmpty()) {
                shown.add(container);
            }
        }
        session.out().printf(FORMAT, "CONTAINER ID", "NAME", "HYPERVISOR", "ISOLATION");
        for (var container : shown) {
            session.out()
                    .printf(
                            FORMAT,
                            container.id().substring(0, 12),
                            container.name(),
                            container.machine().hypervisor(),
                            container.machine().isolation().orElse("unknown"));
        }
        return wanted == null || shown.isEmpty() ? 0 : 1;
    }

    private List<Container> chosen() {
        if (!names.isEmpty()) {
            return names.stream().map(runtime.containers()::get).toList();
        }
        return runtime.containers().list().stream()
                .filter(c -> c.state() instanceof ContainerState.Running)
                .toList();
    }

    private static Isolation parse(String word) {
        return Stream.of(Isolation.values())
                .filter(i -> i.toString().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidSpec(
                                "'%s' is no class of isolation: give one of %s"
                                        .formatted(word, List.of(Isolation.values()))));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        var candidates =
                switch (argument) {
                    case "CLASS" -> Stream.of(Isolation.values()).map(Isolation::toString);
                    case "CONTAINER" -> runtime.containers().list().stream().map(Container::name);
                    default -> Stream.<String>empty();
                };
        return candidates.filter(c -> c.startsWith(prefix)).toList();
    }
}
