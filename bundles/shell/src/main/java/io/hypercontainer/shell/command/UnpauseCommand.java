// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

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
import picocli.CommandLine.Parameters;

/** {@code unpause}: lets halted containers go on. */
@CommandLine.Command(
        name = "unpause",
        aliases = "container unpause",
        description = "Let all processes of one or more containers go on")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class UnpauseCommand implements Command {
    private final Runtime runtime;

    @Parameters(
            arity = "1..*",
            paramLabel = Candidates.CONTAINER,
            description = "Containers that are halted")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the containers
     */
    @Activate
    public UnpauseCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echo(session, names, runtime.containers()::unpause);
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::paused)
                : List.of();
    }
}
