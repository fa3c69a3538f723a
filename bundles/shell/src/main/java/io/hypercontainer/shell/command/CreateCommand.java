// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Runtime;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code create}: makes a container and prints its id. */
@CommandLine.Command(
        name = "create",
        aliases = "container create",
        exitCodeOnExecutionException = Exits.DAEMON_ERROR,
        description = "Create a new container")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class CreateCommand implements Command {
    private final Runtime runtime;
    private final Images images;

    @Mixin private ContainerOptions options = new ContainerOptions();

    /**
     * @param runtime makes the container
     * @param images has the image
     */
    @Activate
    public CreateCommand(@Reference Runtime runtime, @Reference Images images) {
        this.runtime = runtime;
        this.images = images;
    }

    @Override
    public int run(Session session) {
        session.out().println(options.create(session, runtime, images).id());
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return ContainerOptions.complete(runtime, images, argument, prefix);
    }
}
