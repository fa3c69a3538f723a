// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.runtime.VolumeInfo;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.shell.command.option.FilterOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code volume prune}: deletes volumes that no container uses. */
@CommandLine.Command(
        name = "volume prune",
        description = "Remove anonymous volumes that no container uses")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class VolumePruneCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-a", "--all"},
            description = "Remove all unused volumes, not just anonymous ones")
    private boolean all;

    @Option(
            names = "--filter",
            paramLabel = "KEY=VALUE",
            description = "Only those with (label) or without (label!) a label")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = {"-f", "--force"},
            description = "Do not prompt for confirmation")
    private boolean force;

    /**
     * @param runtime has the volumes
     */
    @Activate
    public VolumePruneCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        FilterOption filter = FilterOption.parse(filters, Set.of("label", "label!"));
        if (!force && !Confirmation.ask(session, warning())) {
            return 0;
        }
        List<String> unused =
                runtime.volumes().list().stream()
                        .filter(v -> v.containers().isEmpty())
                        .map(VolumeInfo::volume)
                        .filter(v -> all || v.anonymous())
                        .filter(v -> filter.labels(v.labels()))
                        .map(Volume::name)
                        .toList();
        if (!unused.isEmpty()) {
            session.out().println("Deleted Volumes:");
        }
        return Each.echo(session, unused, name -> runtime.volumes().remove(name));
    }

    private String warning() {
        return "This will remove "
                + (all ? "all" : "anonymous")
                + " volumes not used by at least one container.";
    }
}
