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

/** {@code driver rm}: takes drivers out. */
@CommandLine.Command(
        name = "driver rm",
        aliases = "driver remove",
        description = "Remove one or more drivers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class DriverRemoveCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--force"},
            description = "Remove a driver that containers use; they run on without it")
    private boolean force;

    @Parameters(arity = "1..*", paramLabel = Candidates.DRIVER, description = "Drivers to remove")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the drivers
     */
    @Activate
    public DriverRemoveCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echo(session, names, name -> runtime.drivers().remove(name, force));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.DRIVER) ? Candidates.drivers(runtime, prefix) : List.of();
    }
}
