// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Conflict;
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

/** {@code ports add}: publishes further ports of a pod and prints them. */
@CommandLine.Command(name = "ports add", description = "Publish further ports of a pod")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PortsAddCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-p", "--publish"},
            required = true,
            paramLabel = "HOST:PORT",
            description = "Port or range of ports to publish: [[IP:]HOST:]PORT[/udp]")
    private List<String> publish = new ArrayList<>();

    @Parameters(index = "0", paramLabel = Candidates.POD, description = "Pod to change")
    private String name = "";

    /**
     * @param runtime has the pods
     */
    @Activate
    public PortsAddCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        List<PortMapping> added = PortOption.parse(publish);
        Pod pod = runtime.pods().get(name);
        List<PortMapping> all = new ArrayList<>(pod.ports());
        for (PortMapping mapping : added) {
            if (mapping.hostPort() != 0 && all.contains(mapping)) {
                throw new Conflict("pod '" + name + "' publishes " + mapping + " already");
            }
            all.add(mapping);
        }
        List<PortMapping> now = new ArrayList<>(runtime.pods().publish(pod.id(), all).ports());
        now.removeAll(pod.ports());
        now.forEach(mapping -> session.out().println(mapping));
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
