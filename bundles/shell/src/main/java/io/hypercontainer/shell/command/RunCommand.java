// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.stream.Foreground;
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

/** {@code run}: makes a container, starts it, and stays with it unless told otherwise. */
@CommandLine.Command(
        name = "run",
        aliases = "container run",
        exitCodeOnExecutionException = Exits.DAEMON_ERROR,
        customSynopsis = {
            "hyperctl run [OPTIONS] IMAGE [COMMAND...]",
            "hyperctl run --podfile FILE [OPTIONS]"
        },
        description = "Create and run a new container from an image, or a pod from a file",
        footer = {
            "",
            "Examples:",
            "  hyperctl run --rm busybox echo hello",
            "  hyperctl run -it --rm busybox sh",
            "  hyperctl run -d --name web -p 8080:80 -m 512m nginx",
            "  hyperctl run --rm -v data:/data -v ./src:/src:ro busybox ls /data /src",
            "  hyperctl run --pod web -m 64m busybox httpd -f",
            "  hyperctl run --podfile web.yaml"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class RunCommand implements Command {
    private final Runtime runtime;
    private final Images images;

    @Option(
            names = {"-d", "--detach"},
            description = "Run the container in the background and print its id")
    private boolean detach;

    @Option(
            names = {"-a", "--attach"},
            description = "With --podfile: stay with the first container of the pod")
    private boolean attach;

    @Mixin private ContainerOptions options = new ContainerOptions();
    @Mixin private ForegroundOptions foreground = new ForegroundOptions();

    /**
     * @param runtime runs the container
     * @param images has the image
     */
    @Activate
    public RunCommand(@Reference Runtime runtime, @Reference Images images) {
        this.runtime = runtime;
        this.images = images;
    }

    @Override
    public int run(Session session) throws IOException {
        if (options.podFile.path.isPresent()) {
            return runPod(session);
        }
        if (attach) {
            throw new InvalidSpec("--attach is for --podfile: without -d, run attaches anyway");
        }
        Foreground.Wish wish = foreground.wish(options.interactive, true);
        if (!detach) {
            Foreground.checkTerminal(session, options.interactive, options.tty);
        }
        Container container = options.create(session, runtime, images);
        try {
            if (detach) {
                start(container);
                session.out().println(container.id());
                return 0;
            }
            return Foreground.run(session, startAttached(session, container), wish);
        } catch (CannotExecute e) {
            Complaint.print(session, e);
            return e.exitCode();
        }
    }

    private int runPod(Session session) throws IOException {
        PodStarter starter = new PodStarter(attach, options.autoRemove, foreground);
        starter.check(detach);
        try {
            Pod pod = options.createPod(session, runtime, images);
            return starter.start(session, runtime, pod);
        } catch (InvalidPodFile e) {
            return options.podFile.refuse(session, e);
        }
    }

    private void start(Container container) throws CannotExecute {
        try {
            runtime.containers().start(container.id());
        } catch (HyperException e) {
            discard(container, e);
            throw e;
        }
    }

    private Attachment startAttached(Session session, Container container) throws CannotExecute {
        try {
            return runtime.containers().startAttached(container.id(), session.terminal());
        } catch (HyperException e) {
            discard(container, e);
            throw e;
        }
    }

    /** One that has never run does not end, so that nobody else would remove it. */
    private void discard(Container container, HyperException reason) {
        if (!options.autoRemove) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            runtime.containers().remove(container.id(), true, true);
        } catch (NotFound e) {
            // It had been removed already.
        } catch (HyperException e) {
            reason.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return ContainerOptions.complete(runtime, images, argument, prefix);
    }
}
