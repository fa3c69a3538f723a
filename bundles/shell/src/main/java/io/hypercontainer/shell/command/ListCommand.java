// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code list}: what people who come from the earlier hyperctl type. */
@CommandLine.Command(name = "list", description = "List pods, containers or virtual machines")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ListCommand implements Command {
    private static final String KIND = "KIND";
    private static final String POD = "pod";
    private static final String CONTAINER = "container";
    private static final String MACHINE = "vm";
    private final Runtime runtime;

    @Parameters(
            arity = "0..1",
            paramLabel = KIND,
            description = "What to list: pod (default), container or vm")
    private String kind = POD;

    @Mixin private ContainerListing listing = new ContainerListing();

    /**
     * @param runtime has them
     */
    @Activate
    public ListCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        switch (kind) {
            case CONTAINER -> listing.print(session, runtime);
            case POD -> pods(false).print(session, runtime);
            case MACHINE -> pods(true).print(session, runtime);
            default ->
                    throw new InvalidSpec(
                            "cannot list '" + kind + "': there are pod, container and vm");
        }
        return 0;
    }

    private PodListing pods(boolean machines) {
        PodListing pods = new PodListing();
        pods.filters = listing.filters;
        pods.format = listing.format;
        pods.whole = listing.whole;
        pods.quiet = listing.quiet;
        pods.only = listing.pod;
        pods.machines = machines;
        return pods;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(KIND)
                ? Candidates.fitting(prefix, Stream.of(POD, CONTAINER, MACHINE))
                : ContainerListing.complete(runtime, argument, prefix);
    }
}
