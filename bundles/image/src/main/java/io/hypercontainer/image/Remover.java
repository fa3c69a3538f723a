// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.image.ImageUser;
import io.hypercontainer.api.image.Images.Removal;
import io.hypercontainer.image.spec.Reference;
import io.hypercontainer.image.store.Catalog;
import io.hypercontainer.image.store.Retention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Removes names and images by docker's rules. */
final class Remover {
    private final Catalog catalog;
    private final Retention retention;
    private final List<ImageUser> users;

    /**
     * @param catalog knows the images
     * @param retention deletes them
     * @param users who may need them; changes
     */
    Remover(Catalog catalog, Retention retention, List<ImageUser> users) {
        this.catalog = catalog;
        this.retention = retention;
        this.users = users;
    }

    /**
     * Removes a name, and the image if it was the last.
     *
     * @param name the name, which the image has
     * @param image the image
     * @param force also if a container uses the image, which then stays without a name
     */
    Removal removeName(Reference name, Catalog.Stored image, boolean force) {
        List<Reference> gone = namesThatGoWith(name, catalog.referencesOf(image.id()));
        boolean last = gone.size() == catalog.referencesOf(image.id()).size();
        Optional<ImageUser.Use> use = last ? use(image, any -> true) : Optional.empty();
        if (use.isPresent() && !force) {
            throw new Conflict(
                    "conflict: unable to remove repository reference \"%s\" (must force) - %s is"
                                    .formatted(name.familiar(), use.get().what())
                            + " using its referenced image "
                            + image.id().brief());
        }
        gone.forEach(catalog::unname);
        boolean deleted = last && use.isEmpty();
        if (deleted) {
            retention.delete(image);
        }
        return removal(gone, image, deleted);
    }

    /** The digests of a repository are of no use to anybody after its last tag. */
    private static List<Reference> namesThatGoWith(Reference name, List<Reference> all) {
        List<Reference> gone = new ArrayList<>(List.of(name));
        boolean moreTags =
                all.stream()
                        .anyMatch(other ->
                                other.tag().isPresent()
                                        && !other.equals(name)
                                        && sameRepository(other, name));
        if (name.tag().isPresent() && !moreTags) {
            all.stream()
                    .filter(other -> other.digest().isPresent() && sameRepository(other, name))
                    .forEach(gone::add);
        }
        return gone;
    }

    private static boolean sameRepository(Reference a, Reference b) {
        return a.repository().equals(b.repository());
    }

    /**
     * Removes an image with all its names.
     *
     * @param image the image
     * @param force also if it has several names, or a stopped container uses it
     */
    Removal removeImage(Catalog.Stored image, boolean force) {
        List<Reference> names = catalog.referencesOf(image.id());
        String unable = "conflict: unable to delete " + image.id().brief();
        use(image, ImageUser.Use::active)
                .ifPresent(use -> {
                    throw new Conflict(
                            unable + " (cannot be forced) - image is being used by " + use.what());
                });
        if (!force) {
            long repositories = names.stream().map(Reference::repository).distinct().count();
            long tags = names.stream().filter(name -> name.tag().isPresent()).count();
            if (repositories > 1 || tags > 1) {
                throw new Conflict(
                        unable + " (must be forced) - image is referenced by several names");
            }
            use(image, any -> true)
                    .ifPresent(use -> {
                        throw new Conflict(
                                unable
                                        + " (must be forced) - image is being used by "
                                        + use.what());
                    });
        }
        retention.delete(image);
        return removal(names, image, true);
    }

    private Optional<ImageUser.Use> use(Catalog.Stored image, Predicate<ImageUser.Use> relevant) {
        return users.stream()
                .flatMap(user -> user.usesOf(image.id().toString()).stream())
                .filter(relevant)
                .findFirst();
    }

    private static Removal removal(List<Reference> names, Catalog.Stored image, boolean deleted) {
        return new Removal(
                names.stream().map(Reference::familiar).toList(),
                deleted ? List.of(image.id().toString()) : List.of());
    }
}
