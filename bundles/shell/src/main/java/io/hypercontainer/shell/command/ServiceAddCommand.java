// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Conflict;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code service add}: adds services to a pod, or changes them. */
@CommandLine.Command(
        name = "service add",
        description = "Add services to a pod",
        footer = {
            "",
            "Examples:",
            "  hyperctl service add web 10.96.0.10:80=192.168.1.5:8080,192.168.1.6:8080"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ServiceAddCommand implements Command {
    private final Runtime runtime;

    @Parameters(index = "0", paramLabel = Candidates.POD, description = "Pod to change")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "SERVICE",
            description = "Services, ADDRESS:PORT[/udp]=HOST:PORT,HOST:PORT")
    private List<String> services = new ArrayList<>();

    @Option(names = "--replace", description = "Replace the hosts behind services that exist")
    private boolean replace;

    /**
     * @param runtime has the pods
     */
    @Activate
    public ServiceAddCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Pod pod = runtime.pods().get(name);
        List<Service> all = new ArrayList<>(pod.services());
        for (String text : services) {
            Service added = ServiceOption.parse(text);
            boolean there = all.removeIf(service -> ServiceRow.same(service, added));
            if (there && !replace) {
                throw new Conflict(
                        "pod '"
                                + name
                                + "' has a service "
                                + ServiceRow.address(added)
                                + ": use --replace to change it");
            }
            all.add(added);
        }
        runtime.pods().serve(pod.id(), all);
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
