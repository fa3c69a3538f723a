// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.progress.ProgressDisplay;
import io.hypercontainer.shell.command.view.ImageName;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pull}: fetches an image from its registry. */
@CommandLine.Command(
        name = "pull",
        aliases = "image pull",
        description = "Download an image from a registry")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PullCommand implements Command {
    private final ImageEvents events;
    private final Images images;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only print the name of the image")
    private boolean quiet;

    @Parameters(
            paramLabel = Candidates.IMAGE,
            description = "NAME[:TAG] or NAME@DIGEST, with the registry in front")
    private String reference = "";

    /**
     * @param runtime is told
     * @param images fetches the image
     */
    @Activate
    public PullCommand(@Reference Runtime runtime, @Reference Images images) {
        this.events = new ImageEvents(runtime);
        this.images = images;
    }

    @Override
    public int run(Session session) {
        ImageName name = ImageName.parse(reference);
        ImageName whole = name.withDefaultTag();
        if (quiet) {
            pull(session, ProgressDisplay.none());
            session.out().println(whole.canonical());
            return 0;
        }
        if (!whole.equals(name)) {
            session.out().println("Using default tag: latest");
        }
        // The store tells digest and status as the last steps of its progress.
        pull(session, ProgressDisplay.on(session, session.out()));
        session.out().println(whole.canonical());
        return 0;
    }

    private void pull(Session session, Consumer<Progress> display) {
        events.pulled(
                images.pull(reference, RegistryLogins.of(session, reference), display), reference);
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.IMAGE) ? Candidates.images(images, prefix) : List.of();
    }
}
