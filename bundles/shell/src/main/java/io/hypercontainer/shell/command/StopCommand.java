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

/** {@code stop}: asks containers to end, and kills them when their time is over. */
@CommandLine.Command(
        name = "stop",
        aliases = "container stop",
        description = "Stop one or more running containers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class StopCommand implements Command {
    private final Runtime runtime;

    @Mixin private GraceOptions grace = new GraceOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = Candidates.CONTAINER,
            description = "Containers to stop")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the containers
     */
    @Activate
    public StopCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Optional<Duration> time = grace.grace();
        return Each.echoTogether(session, names, name -> runtime.containers().stop(name, time));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::running)
                : List.of();
    }
}
