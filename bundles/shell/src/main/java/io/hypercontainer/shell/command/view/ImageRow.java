// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.image.Image;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.HumanSize;
import io.hypercontainer.shell.format.HumanTime;
import io.hypercontainer.shell.format.Listing;
import io.hypercontainer.shell.format.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An image as rows of {@code images}: one for each of its names. */
public final class ImageRow {
    private static final String NONE = "<none>";
    private static final Fields HEADERS =
            new Fields()
                    .put("CreatedAt", "CREATED AT")
                    .put("CreatedSince", "CREATED")
                    .put("Digest", "DIGEST")
                    .put("ID", "IMAGE ID")
                    .put("Repository", "REPOSITORY")
                    .put("Size", "SIZE")
                    .put("Tag", "TAG");

    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.Repository}}\\t{{.Tag}}\\t{{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}",
                    HEADERS);

    /** Prints rows with digests. */
    public static final Listing WITH_DIGESTS =
            new Listing(
                    "{{.Repository}}\\t{{.Tag}}\\t{{.Digest}}\\t{{.ID}}\\t{{.CreatedSince}}"
                            + "\\t{{.Size}}",
                    HEADERS);

    private ImageRow() {}

    /**
     * @param image an image
     * @return its names, {@code <none>} for what they do not have
     */
    public static List<ImageName> names(Image image) {
        List<ImageName> names = new ArrayList<>();
        for (String reference : image.references()) {
            ImageName name = ImageName.parse(reference);
            names.add(
                    new ImageName(
                            name.repository(),
                            name.tag().isEmpty() ? NONE : name.tag(),
                            digest(image, name.repository())));
        }
        if (names.isEmpty()) {
            for (String reference : image.digests()) {
                ImageName name = ImageName.parse(reference);
                names.add(new ImageName(name.repository(), NONE, name.digest()));
            }
        }
        return names.isEmpty() ? List.of(new ImageName(NONE, NONE, NONE)) : names;
    }

    /**
     * @param image an image
     * @param name one of its names
     * @param now the present
     * @param whole whether nothing is cut short
     * @return the row, named as docker names its fields
     */
    public static Fields of(Image image, ImageName name, Instant now, boolean whole) {
        return new Fields()
                .put("CreatedAt", Timestamp.seconds(image.created()))
                .put("CreatedSince", HumanTime.ago(Duration.between(image.created(), now)))
                .put("Digest", name.digest())
                .put("ID", whole ? image.id() : Ids.shorten(image.id()))
                .put("Repository", name.repository())
                .put("Size", HumanSize.decimal(image.sizeBytes()))
                .put("Tag", name.tag());
    }

    /**
     * @param image an image
     * @param repository a repository
     * @return the digest that it has there, or {@code <none>}
     */
    public static String digest(Image image, String repository) {
        return image.digests().stream()
                .map(ImageName::parse)
                .filter(name -> name.repository().equals(repository))
                .map(ImageName::digest)
                .findFirst()
                .orElse(NONE);
    }
}
