// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.builtin;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.shell.CommandRunner;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code hyperctl help [COMMAND]}. */
@CommandLine.Command(name = "help", description = "Print help about a command")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class HelpCommand implements Command {
    @CommandLine.Parameters(arity = "0..2", paramLabel = "COMMAND")
    List<String> name = List.of();

    private final CommandRunner runner;

    /**
     * Makes the command.
     *
     * @param runner knows the help of all commands
     */
    @Activate
    public HelpCommand(@Reference CommandRunner runner) {
        this.runner = runner;
    }

    @Override
    public int run(Session session) {
        var words = new ArrayList<>(name);
        words.add("--help");
        return runner.run(words, session);
    }
}
