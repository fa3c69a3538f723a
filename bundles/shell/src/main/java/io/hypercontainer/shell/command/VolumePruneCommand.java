// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.shell.command.view.VolumesInUse;
import java.io.IOException;
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
    /** The name that a volume gets when nobody names it. */
    private static final String ANONYMOUS = "[0-9a-f]{64}";

    private final Runtime runtime;

    @Option(
            names = {"-a", "--all"},
            description = "Remove all unused volumes, not just anonymous ones")
    private boolean all;

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
        if (!force && !Confirmation.ask(session, warning())) {
            return 0;
        }
        Set<String> used = VolumesInUse.names(runtime);
        List<String> unused =
                runtime.volumes().list().stream()
                        .map(Volume::name)
                        .filter(name -> !used.contains(name))
                        .filter(name -> all || name.matches(ANONYMOUS))
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
