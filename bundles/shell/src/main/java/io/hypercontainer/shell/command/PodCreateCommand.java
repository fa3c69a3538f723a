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

/** {@code pod create}: makes a pod and prints its id. */
@CommandLine.Command(
        name = "pod create",
        exitCodeOnExecutionException = Exits.DAEMON_ERROR,
        description = "Create a pod, from a file or empty",
        footer = {
            "",
            "Examples:",
            "  hyperctl pod create --podfile web.yaml",
            "  hyperctl pod create --name web -m 1g --cpus 2 -p 8080:80"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodCreateCommand implements Command {
    private final Runtime runtime;
    private final Images images;

    @Mixin private PodOptions options = new PodOptions();

    /**
     * @param runtime has the pods
     * @param images has images
     */
    @Activate
    public PodCreateCommand(@Reference Runtime runtime, @Reference Images images) {
        this.runtime = runtime;
        this.images = images;
    }

    @Override
    public int run(Session session) throws IOException {
        try {
            session.out().println(options.create(session, runtime, images).id());
            return 0;
        } catch (InvalidPodFile e) {
            return options.file.refuse(session, e);
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return PodOptions.complete(runtime, argument, prefix);
    }
}
