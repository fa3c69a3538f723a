// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.format.Visible;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code diff}: what a container has changed against its image. */
@CommandLine.Command(
        name = "diff",
        aliases = "container diff",
        description =
                "Inspect changes to files or folders of a container: A added, C changed, D deleted")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class DiffCommand implements Command {
    private final Runtime runtime;

    @Parameters(paramLabel = Candidates.CONTAINER, description = "Container to look at")
    private String name = "";

    /**
     * @param runtime has the container
     */
    @Activate
    public DiffCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        for (Change change : runtime.containers().changes(name)) {
            session.out().println(letter(change.kind()) + " " + Visible.of(change.path()));
        }
        return 0;
    }

    private static char letter(Change.Kind kind) {
        return switch (kind) {
            case ADDED -> 'A';
            case CHANGED -> 'C';
            case DELETED -> 'D';
        };
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::any)
                : List.of();
    }
}
