// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code rename}: gives a container another name. */
@CommandLine.Command(
        name = "rename",
        aliases = "container rename",
        description = "Rename a container")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class RenameCommand implements Command {
    private final Runtime runtime;

    @Parameters(index = "0", paramLabel = Candidates.CONTAINER, description = "Container to rename")
    private String name = "";

    @Parameters(index = "1", paramLabel = "NEW_NAME", description = "Its new name")
    private String to = "";

    /**
     * @param runtime has the container
     */
    @Activate
    public RenameCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        runtime.containers().rename(name, to);
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::any)
                : List.of();
    }
}
