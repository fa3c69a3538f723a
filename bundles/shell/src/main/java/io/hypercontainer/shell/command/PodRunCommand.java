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
import picocli.CommandLine.Option;

/** {@code pod run}: makes a pod and starts it. */
@CommandLine.Command(
        name = "pod run",
        exitCodeOnExecutionException = Exits.DAEMON_ERROR,
        description = "Create and start a pod, from a file or empty",
        footer = {
            "",
            "Examples:",
            "  hyperctl pod run --podfile web.yaml",
            "  hyperctl pod run --podfile job.json --attach --rm"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodRunCommand implements Command {
    private final Runtime runtime;
    private final Images images;

    @Option(
            names = {"-a", "--attach"},
            description = "Stay with the first container and exit with its code")
    private boolean attach;

    @Option(
            names = {"-d", "--detach"},
            description = "Run in the background and print the pod's id (default)")
    private boolean detach;

    @Option(
            names = "--rm",
            description = "With --attach: remove the pod and its volumes when that container exits")
    private boolean remove;

    @Mixin private PodOptions options = new PodOptions();
    @Mixin private ForegroundOptions foreground = new ForegroundOptions();

    /**
     * @param runtime has the pods
     * @param images has images
     */
    @Activate
    public PodRunCommand(@Reference Runtime runtime, @Reference Images images) {
        this.runtime = runtime;
        this.images = images;
    }

    @Override
    public int run(Session session) throws IOException {
        PodStarter starter = new PodStarter(attach, remove, foreground);
        starter.check(detach);
        try {
            return starter.start(session, runtime, options.create(session, runtime, images));
        } catch (InvalidPodFile e) {
            return options.file.refuse(session, e);
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return PodOptions.complete(runtime, argument, prefix);
    }
}
