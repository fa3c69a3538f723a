// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.ContainerDetails;
import io.hypercontainer.shell.command.view.ImageDetails;
import io.hypercontainer.shell.command.view.PodDetails;
import io.hypercontainer.shell.command.view.VolumeDetails;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Inspection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inspect}: all about containers, pods, images and volumes. */
@CommandLine.Command(
        name = "inspect",
        description = "Return low-level information on containers, pods, images and volumes")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class InspectCommand implements Command {
    private static final String NAME = "NAME";
    private static final String TYPE = "TYPE";
    private static final List<String> TYPES = List.of("", "container", "pod", "image", "volume");
    private final Runtime runtime;
    private final Images images;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            description = "json, or a Go template")
    private String format = "";

    @Option(
            names = "--type",
            paramLabel = TYPE,
            description = "Only look for this: container, pod, image or volume")
    private String type = "";

    @Parameters(arity = "1..*", paramLabel = NAME, description = "Names or ids")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has containers, pods and volumes
     * @param images has images
     */
    @Activate
    public InspectCommand(@Reference Runtime runtime, @Reference Images images) {
        this.runtime = runtime;
        this.images = images;
    }

    @Override
    public int run(Session session) {
        if (!TYPES.contains(type)) {
            throw new InvalidSpec(
                    "invalid value '"
                            + type
                            + "' for --type: it is container, pod, image or volume");
        }
        Inspection inspection = new Inspection(format);
        List<Fields> found = new ArrayList<>();
        Each.Outcome outcome = Each.collect(names, name -> found.add(find(name)));
        inspection.print(session.out(), found);
        return outcome.report(session);
    }

    private Fields find(String name) {
        return switch (type) {
            case "container" -> ContainerDetails.of(runtime.containers().get(name));
            case "pod" -> PodDetails.find(runtime, name);
            case "image" -> ImageDetails.of(images.get(name));
            case "volume" -> VolumeDetails.of(runtime.volumes().get(name));
            default -> findAny(name);
        };
    }

    private Fields findAny(String name) {
        List<Supplier<Fields>> places =
                List.of(
                        () -> ContainerDetails.of(runtime.containers().get(name)),
                        () -> PodDetails.find(runtime, name),
                        () -> ImageDetails.of(images.get(name)),
                        () -> VolumeDetails.of(runtime.volumes().get(name)));
        for (Supplier<Fields> place : places) {
            try {
                return place.get();
            } catch (NotFound | InvalidSpec e) {
                // The next may have it.
            }
        }
        throw new NotFound("there is no container, pod, image or volume '" + name + "'");
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return switch (argument) {
            case NAME ->
                    Stream.of(
                                    Candidates.containers(runtime, prefix, Candidates::any),
                                    Candidates.pods(runtime, prefix, Candidates::anyPod),
                                    Candidates.images(images, prefix),
                                    Candidates.volumes(runtime, prefix))
                            .flatMap(List::stream)
                            .distinct()
                            .toList();
            case TYPE -> Candidates.fitting(prefix, TYPES.stream().skip(1));
            default -> List.of();
        };
    }
}
