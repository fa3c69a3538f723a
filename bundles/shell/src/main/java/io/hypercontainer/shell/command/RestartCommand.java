// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code restart}: stops containers, and starts them again. */
@CommandLine.Command(
        name = "restart",
        aliases = "container restart",
        description = "Restart one or more containers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class RestartCommand implements Command {
    private final Runtime runtime;

    @Mixin private GraceOptions grace = new GraceOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = Candidates.CONTAINER,
            description = "Containers to restart")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the containers
     */
    @Activate
    public RestartCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Optional<Duration> time = grace.grace();
        return Each.echoTogether(session, names, name -> runtime.containers().restart(name, time));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::any)
                : List.of();
    }
}
