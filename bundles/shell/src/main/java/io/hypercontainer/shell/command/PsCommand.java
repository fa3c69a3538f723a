// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code ps}: lists containers. */
@CommandLine.Command(
        name = "ps",
        aliases = {"container ls", "container list", "container ps"},
        description = "List containers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PsCommand implements Command {
    private final Runtime runtime;

    @Mixin private ContainerListing listing = new ContainerListing();

    /**
     * @param runtime has the containers
     */
    @Activate
    public PsCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        listing.print(session, runtime);
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return ContainerListing.complete(runtime, argument, prefix);
    }
}
