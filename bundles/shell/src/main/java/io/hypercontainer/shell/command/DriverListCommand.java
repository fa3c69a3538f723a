// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.DriverStatus;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.FilterOption;
import io.hypercontainer.shell.command.view.DriverRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code driver ls}: lists drivers. */
@CommandLine.Command(
        name = "driver ls",
        aliases = "driver list",
        description = "List hypervisor, storage and network drivers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class DriverListCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--filter"},
            paramLabel = "KEY=VALUE",
            description = "Filter by kind, name or state")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    private String format = "";

    @Option(names = "--no-trunc", description = "Don't truncate output")
    private boolean whole;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only display driver names")
    private boolean quiet;

    /**
     * @param runtime has the drivers
     */
    @Activate
    public DriverListCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        FilterOption filter = FilterOption.parse(filters, Set.of("kind", "name", "state"));
        List<DriverStatus> drivers =
                runtime.drivers().list().stream()
                        .filter(d -> filter.any("kind", d.kind()::equals))
                        .filter(d -> filter.any("name", d.name()::contains))
                        .filter(d -> filter.any("state", d.state().toString()::equals))
                        .toList();
        if (quiet && format.isEmpty()) {
            drivers.forEach(d -> session.out().println(d.name()));
        } else {
            DriverRow.LISTING.print(
                    session.out(),
                    format,
                    drivers.stream().map(d -> DriverRow.of(d, whole)).toList());
        }
        return 0;
    }
}
