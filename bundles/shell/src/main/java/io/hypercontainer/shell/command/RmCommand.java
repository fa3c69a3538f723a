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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rm}: deletes containers. */
@CommandLine.Command(
        name = "rm",
        aliases = "container rm",
        description = "Remove one or more containers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class RmCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--force"},
            description = "Kill a running container first")
    private boolean force;

    @Option(
            names = {"-v", "--volumes"},
            description = "Remove anonymous volumes of the container too")
    private boolean volumes;

    @Parameters(
            arity = "1..*",
            paramLabel = Candidates.CONTAINER,
            description = "Containers to remove")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the containers
     */
    @Activate
    public RmCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echoTogether(
                session, names, name -> runtime.containers().remove(name, force, volumes));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::any)
                : List.of();
    }
}
