// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.shell.command.view.Ids;
import io.hypercontainer.shell.command.view.ImageFilter;
import io.hypercontainer.shell.command.view.ImageName;
import io.hypercontainer.shell.command.view.ImageRow;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Listing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code images}: lists images. */
@CommandLine.Command(
        name = "images",
        aliases = {"image ls", "image list"},
        description = "List images")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ImagesCommand implements Command {
    private final Images images;

    @Option(
            names = {"-a", "--all"},
            description = "Show all images; there are no hidden ones, so this changes nothing")
    boolean all;

    @Option(names = "--digests", description = "Show digests")
    private boolean digests;

    @Option(
            names = {"-f", "--filter"},
            paramLabel = "KEY=VALUE",
            description = "Filter by reference, label or dangling")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    private String format = "";

    @Option(names = "--no-trunc", description = "Don't truncate output")
    private boolean whole;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only show image IDs")
    private boolean quiet;

    @Parameters(
            arity = "0..1",
            paramLabel = Candidates.IMAGE,
            description = "Only images of this name")
    private Optional<String> name = Optional.empty();

    /**
     * @param images has the images
     */
    @Activate
    public ImagesCommand(@Reference Images images) {
        this.images = images;
    }

    @Override
    public int run(Session session) {
        Instant now = Instant.now();
        if (quiet && format.isEmpty()) {
            List<String> ids = new ArrayList<>();
            select((image, n) -> ids.add(whole ? image.id() : Ids.shorten(image.id())));
            ids.stream().distinct().forEach(session.out()::println);
            return 0;
        }
        List<Fields> rows = new ArrayList<>();
        select((image, n) -> rows.add(ImageRow.of(image, n, now, whole)));
        Listing listing = digests ? ImageRow.WITH_DIGESTS : ImageRow.LISTING;
        listing.print(session.out(), format, rows);
        return 0;
    }

    private void select(BiConsumer<Image, ImageName> row) {
        ImageFilter filter = ImageFilter.parse(filters, name);
        for (Image image : images.list()) {
            if (filter.image(image)) {
                ImageRow.names(image).stream()
                        .filter(filter::name)
                        .forEach(n -> row.accept(image, n));
            }
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.IMAGE) ? Candidates.images(images, prefix) : List.of();
    }
}
