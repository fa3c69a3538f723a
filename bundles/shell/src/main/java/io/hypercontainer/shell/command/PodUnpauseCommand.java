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

/** {@code pod unpause}: lets halted pods go on. */
@CommandLine.Command(
        name = "pod unpause",
        description = "Let the machines of one or more pods go on")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodUnpauseCommand implements Command {
    private final Runtime runtime;

    @Parameters(arity = "1..*", paramLabel = Candidates.POD, description = "Pods to let go on")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodUnpauseCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echo(session, names, runtime.pods()::unpause);
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::activePod)
                : List.of();
    }
}
