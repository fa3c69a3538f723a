// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.image.Image;
import io.hypercontainer.shell.command.option.FilterOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Filters of {@code images}. */
public final class ImageFilter {
    private static final Set<String> KEYS = Set.of("reference", "label", "dangling");

    private final FilterOption filters;
    private final Optional<ImageName> only;

    private ImageFilter(FilterOption filters, Optional<ImageName> only) {
        this.filters = filters;
        this.only = only;
    }

    /**
     * @param filters values of {@code --filter}
     * @param only a name that images must have, with any tag if it has none
     * @return the filter
     * @throws io.hypercontainer.api.InvalidSpec if one is malformed or unknown
     */
    public static ImageFilter parse(List<String> filters, Optional<String> only) {
        return new ImageFilter(FilterOption.parse(filters, KEYS), only.map(ImageName::parse));
    }

    /**
     * @param image an image
     * @return whether it fits
     */
    public boolean image(Image image) {
        boolean dangling = image.references().isEmpty();
        return filters.labels(image.config().labels())
                && filters.any("dangling", wanted -> dangling == wanted.equals("true"));
    }

    /**
     * @param name a name of an image that fits
     * @return whether the name fits too
     */
    public boolean name(ImageName name) {
        return only.map(o -> is(o, name)).orElse(true)
                && filters.any("reference", pattern -> matches(pattern, name));
    }

    private static boolean is(ImageName wanted, ImageName name) {
        return wanted.repository().equals(name.repository())
                && (wanted.tag().isEmpty() || wanted.tag().equals(name.tag()))
                && (wanted.digest().isEmpty() || wanted.digest().equals(name.digest()));
    }

    private static boolean matches(String pattern, ImageName name) {
        return Wildcard.matches(pattern, name.repository())
                || Wildcard.matches(pattern, name.repository() + ":" + name.tag());
    }
}
