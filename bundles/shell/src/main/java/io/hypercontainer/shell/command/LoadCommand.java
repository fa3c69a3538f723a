// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.ClientFile;
import io.hypercontainer.shell.command.progress.ProgressDisplay;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code load}: takes in an archive with images. */
@CommandLine.Command(
        name = "load",
        aliases = "image load",
        description = "Load images from a tar archive or standard input")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class LoadCommand implements Command {
    private final ImageEvents events;
    private final Images images;

    @Option(
            names = {"-i", "--input"},
            paramLabel = "FILE",
            description = "Read from a tar archive file, instead of standard input")
    private Optional<String> file = Optional.empty();

    @Option(
            names = {"-q", "--quiet"},
            description = "Suppress the load output")
    private boolean quiet;

    /**
     * @param runtime is told
     * @param images takes the images
     */
    @Activate
    public LoadCommand(@Reference Runtime runtime, @Reference Images images) {
        this.events = new ImageEvents(runtime);
        this.images = images;
    }

    @Override
    public int run(Session session) throws IOException {
        if (file.isEmpty()) {
            if (session.inIsTerminal()) {
                throw new InvalidSpec(
                        "requested load from stdin, but stdin is empty: give the archive with -i"
                                + " FILE or a pipe");
            }
            load(session, session.in());
            return 0;
        }
        try (InputStream archive = ClientFile.open(session, file.get())) {
            load(session, archive);
        }
        return 0;
    }

    /** The store tells the names of the images as the last steps of its progress. */
    private void load(Session session, InputStream archive) {
        Consumer<Progress> display = ProgressDisplay.on(session, session.out());
        images.load(
                        archive,
                        progress -> {
                            if (!quiet || progress.item().isEmpty()) {
                                display.accept(progress);
                            }
                        })
                .forEach(events::loaded);
    }
}
