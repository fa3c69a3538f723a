// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.PortOption;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ports delete}: takes ports of a pod back. */
@CommandLine.Command(
        name = "ports delete",
        aliases = "ports rm",
        description = "Publish ports of a pod no longer")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PortsDeleteCommand implements Command {
    private static final String EVERYWHERE = "0.0.0.0";
    private final Runtime runtime;

    @Option(
            names = {"-p", "--publish"},
            required = true,
            paramLabel = "HOST:PORT",
            description = "What to publish no longer: [[IP:]HOST:]PORT[/udp]")
    private List<String> publish = new ArrayList<>();

    @Parameters(index = "0", paramLabel = Candidates.POD, description = "Pod to change")
    private String name = "";

    /**
     * @param runtime has the pods
     */
    @Activate
    public PortsDeleteCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Pod pod = runtime.pods().get(name);
        List<PortMapping> left = new ArrayList<>(pod.ports());
        for (PortMapping unwanted : PortOption.parse(publish)) {
            if (!left.removeIf(mapping -> is(unwanted, mapping))) {
                throw new NotFound("pod '" + name + "' does not publish " + unwanted);
            }
        }
        runtime.pods().publish(pod.id(), left);
        return 0;
    }

    /** What was not said of the host's side is any. */
    private static boolean is(PortMapping unwanted, PortMapping mapping) {
        return unwanted.protocol().equals(mapping.protocol())
                && unwanted.containerPort() == mapping.containerPort()
                && (unwanted.hostPort() == 0 || unwanted.hostPort() == mapping.hostPort())
                && (unwanted.hostAddress().equals(EVERYWHERE)
                        || unwanted.hostAddress().equals(mapping.hostAddress()));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
