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

/** {@code pod kill}: sends a signal to all containers of pods. */
@CommandLine.Command(
        name = "pod kill",
        description = "Send a signal to all containers of one or more pods")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodKillCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-s", "--signal"},
            paramLabel = "SIGNAL",
            description = "Signal to send to the containers (default KILL)")
    private String signal = "KILL";

    @Parameters(arity = "1..*", paramLabel = Candidates.POD, description = "Pods to kill")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodKillCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echo(session, names, name -> runtime.pods().kill(name, signal));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::activePod)
                : List.of();
    }
}
