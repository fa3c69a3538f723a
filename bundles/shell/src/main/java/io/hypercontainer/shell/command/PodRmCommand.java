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

/** {@code pod rm}: deletes pods. */
@CommandLine.Command(
        name = "pod rm",
        aliases = "pod remove",
        description = "Remove one or more pods and their containers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodRmCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--force"},
            description = "Stop a running pod first")
    private boolean force;

    @Option(
            names = {"-v", "--volumes"},
            description = "Remove anonymous volumes and those of the pod file too")
    private boolean volumes;

    @Parameters(arity = "1..*", paramLabel = Candidates.POD, description = "Pods to remove")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodRmCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echoTogether(
                session, names, name -> PodRemoval.remove(runtime, name, force, volumes));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
