// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Runtime;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rmi}: removes names of images, and images without a name. */
@CommandLine.Command(name = "rmi", aliases = "image rm", description = "Remove one or more images")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class RmiCommand implements Command {
    private final ImageEvents events;
    private final Images images;

    @Option(
            names = {"-f", "--force"},
            description = "Also remove an image with several names or stopped containers")
    private boolean force;

    @Parameters(arity = "1..*", paramLabel = Candidates.IMAGE, description = "Images to remove")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime is told
     * @param images has the images
     */
    @Activate
    public RmiCommand(@Reference Runtime runtime, @Reference Images images) {
        this.events = new ImageEvents(runtime);
        this.images = images;
    }

    @Override
    public int run(Session session) {
        return Each.run(
                session,
                names,
                name -> {
                    Image image = images.get(name);
                    Images.Removal removal = images.remove(name, force);
                    events.removed(image, removal);
                    removal.untagged().forEach(n -> session.out().println("Untagged: " + n));
                    removal.deleted().forEach(id -> session.out().println("Deleted: " + id));
                });
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.IMAGE) ? Candidates.images(images, prefix) : List.of();
    }
}
