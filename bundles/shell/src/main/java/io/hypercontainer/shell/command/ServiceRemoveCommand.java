// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.ServiceOption;
import io.hypercontainer.shell.command.view.ServiceRow;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code service rm}: takes services of a pod away. */
@CommandLine.Command(
        name = "service rm",
        aliases = {"service remove", "service delete"},
        description = "Remove services from a pod")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ServiceRemoveCommand implements Command {
    private final Runtime runtime;

    @Parameters(index = "0", paramLabel = Candidates.POD, description = "Pod to change")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "SERVICE",
            description = "Services, ADDRESS:PORT[/udp]")
    private List<String> services = new ArrayList<>();

    /**
     * @param runtime has the pods
     */
    @Activate
    public ServiceRemoveCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Pod pod = runtime.pods().get(name);
        List<Service> left = new ArrayList<>(pod.services());
        for (String text : services) {
            Service unwanted = ServiceOption.address(text);
            if (!left.removeIf(service -> ServiceRow.same(service, unwanted))) {
                throw new NotFound(
                        "pod '" + name + "' has no service " + ServiceRow.address(unwanted));
            }
        }
        runtime.pods().serve(pod.id(), left);
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
