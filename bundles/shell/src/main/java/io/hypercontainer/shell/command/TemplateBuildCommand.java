// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Runtime;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code template build}: makes a template ahead of the first container that could use it. */
@CommandLine.Command(
        name = "template build",
        description =
                "Save a booted machine, from which those of containers with the same options are"
                        + " cloned")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class TemplateBuildCommand implements Command {
    private final Runtime runtime;
    private final Images images;

    @Mixin private MachineOptions machine = new MachineOptions();

    @Parameters(paramLabel = Candidates.IMAGE, description = "Image of such a container")
    private String image = "";

    /**
     * @param runtime makes the template
     * @param images has the image
     */
    @Activate
    public TemplateBuildCommand(@Reference Runtime runtime, @Reference Images images) {
        this.runtime = runtime;
        this.images = images;
    }

    @Override
    public int run(Session session) {
        String container =
                runtime.containers()
                        .create(ContainerSpec.of(image).machine(machine.spec()).build())
                        .id();
        try {
            session.out().println(runtime.templates().build(container));
        } finally {
            runtime.containers().remove(container, true, true);
        }
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return ContainerOptions.complete(runtime, images, argument, prefix);
    }
}
