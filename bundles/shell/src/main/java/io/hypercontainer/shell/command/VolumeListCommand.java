// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.runtime.VolumeInfo;
import io.hypercontainer.shell.command.option.FilterOption;
import io.hypercontainer.shell.command.view.VolumeDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code volume ls}: lists volumes. */
@CommandLine.Command(name = "volume ls", aliases = "volume list", description = "List volumes")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class VolumeListCommand implements Command {
    private static final Set<String> TRUE = Set.of("true", "1");

    private final Runtime runtime;

    @Option(
            names = {"-f", "--filter"},
            paramLabel = "KEY=VALUE",
            description = "Filter by name, label, driver or dangling")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    private String format = "";

    @Option(
            names = {"-q", "--quiet"},
            description = "Only display volume names")
    private boolean quiet;

    /**
     * @param runtime has the volumes
     */
    @Activate
    public VolumeListCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        FilterOption filter =
                FilterOption.parse(filters, Set.of("name", "label", "driver", "dangling"));
        List<VolumeInfo> volumes =
                runtime.volumes().list().stream()
                        .filter(v -> filter.any("name", v.volume().name()::contains))
                        .filter(v -> filter.any("driver", v.driver()::equals))
                        .filter(v -> filter.labels(v.volume().labels()))
                        .filter(v ->
                                filter.any(
                                        "dangling",
                                        wanted ->
                                                TRUE.contains(wanted) == v.containers().isEmpty()))
                        .toList();
        if (quiet && format.isEmpty()) {
            volumes.forEach(v -> session.out().println(v.volume().name()));
        } else {
            VolumeDetails.LISTING.print(
                    session.out(), format, volumes.stream().map(VolumeDetails::row).toList());
        }
        return 0;
    }
}
