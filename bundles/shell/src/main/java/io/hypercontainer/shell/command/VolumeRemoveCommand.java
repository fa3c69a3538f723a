// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code volume rm}: deletes volumes. */
@CommandLine.Command(
        name = "volume rm",
        aliases = "volume remove",
        description = "Remove one or more volumes that no container uses")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class VolumeRemoveCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--force"},
            description = "Do not complain about volumes that do not exist")
    private boolean force;

    @Parameters(arity = "1..*", paramLabel = Candidates.VOLUME, description = "Volumes to remove")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the volumes
     */
    @Activate
    public VolumeRemoveCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echo(session, names, this::remove);
    }

    private void remove(String name) {
        try {
            runtime.volumes().remove(name);
        } catch (NotFound e) {
            if (!force) {
                throw e;
            }
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.VOLUME) ? Candidates.volumes(runtime, prefix) : List.of();
    }
}
