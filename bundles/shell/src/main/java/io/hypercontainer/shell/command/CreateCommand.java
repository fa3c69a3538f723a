// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.podfile.InvalidPodFile;
import java.io.IOException;
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
        customSynopsis = {
            "hyperctl create [OPTIONS] IMAGE [COMMAND...]",
            "hyperctl create --podfile FILE [OPTIONS]"
        },
        description = "Create a new container, or a pod from a file")
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
    public int run(Session session) throws IOException {
        if (options.podFile.path.isEmpty()) {
            session.out().println(options.create(session, runtime, images).id());
            return 0;
        }
        try {
            session.out().println(options.createPod(session, runtime, images).id());
            return 0;
        } catch (InvalidPodFile e) {
            return options.podFile.refuse(session, e);
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return ContainerOptions.complete(runtime, images, argument, prefix);
    }
}
