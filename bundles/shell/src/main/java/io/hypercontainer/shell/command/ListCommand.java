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

/** {@code list}: what people who come from the earlier hyperctl type for {@code ps}. */
@CommandLine.Command(name = "list", description = "List containers, as ps does")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ListCommand implements Command {
    private static final String KIND = "KIND";
    private static final String CONTAINER = "container";
    private final Runtime runtime;

    @Parameters(arity = "0..1", paramLabel = KIND, description = "What to list: container")
    private String kind = CONTAINER;

    @Mixin private ContainerListing listing = new ContainerListing();

    /**
     * @param runtime has the containers
     */
    @Activate
    public ListCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        if (!kind.equals(CONTAINER)) {
            throw new InvalidSpec(
                    "cannot list '" + kind + "': there is 'list container', which is 'ps'");
        }
        listing.print(session, runtime);
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(KIND) ? Candidates.fitting(prefix, Stream.of(CONTAINER)) : List.of();
    }
}
