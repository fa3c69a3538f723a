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
import picocli.CommandLine.Parameters;

/** {@code tag}: gives an image one more name. */
@CommandLine.Command(
        name = "tag",
        aliases = "image tag",
        description = "Give an image one more name")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class TagCommand implements Command {
    private final ImageEvents events;
    private final Images images;

    @Parameters(index = "0", paramLabel = Candidates.IMAGE, description = "Image to name")
    private String image = "";

    @Parameters(index = "1", paramLabel = "NEW-NAME", description = "The further name, NAME[:TAG]")
    private String reference = "";

    /**
     * @param runtime is told
     * @param images has the image
     */
    @Activate
    public TagCommand(@Reference Runtime runtime, @Reference Images images) {
        this.events = new ImageEvents(runtime);
        this.images = images;
    }

    @Override
    public int run(Session session) {
        images.tag(image, reference);
        events.tagged(images.get(image), reference);
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.IMAGE) ? Candidates.images(images, prefix) : List.of();
    }
}
