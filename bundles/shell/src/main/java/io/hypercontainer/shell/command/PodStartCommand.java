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

/** {@code pod start}: boots pods and starts their containers. */
@CommandLine.Command(
        name = "pod start",
        description = "Start one or more pods and their containers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodStartCommand implements Command {
    private final Runtime runtime;

    @Parameters(arity = "1..*", paramLabel = Candidates.POD, description = "Pods to start")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodStartCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echo(session, names, runtime.pods()::start);
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
