// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.shell.command.option.FilterOption;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Filters of {@code ps}. */
public final class ContainerFilter implements Predicate<Container> {
    private static final Set<String> KEYS =
            Set.of(
                    "id",
                    "name",
                    "status",
                    "label",
                    "ancestor",
                    "exited",
                    "volume",
                    "network",
                    "pod",
                    "health");
    private static final Set<String> STATES =
            Set.of("created", "running", "paused", "restarting", "removing", "exited", "dead");

    private static final Set<String> HEALTH = Set.of("starting", "healthy", "unhealthy", "none");

    private final FilterOption filters;
    private final PodNames pods;

    private ContainerFilter(FilterOption filters, PodNames pods) {
        this.filters = filters;
        this.pods = pods;
    }

    /**
     * @param filters values of {@code --filter}
     * @param pods names of the pods
     * @return the filter
     * @throws InvalidSpec if one is malformed or unknown
     */
    public static ContainerFilter parse(List<String> filters, PodNames pods) {
        FilterOption parsed = FilterOption.parse(filters, KEYS);
        for (String status : parsed.values("status")) {
            if (!STATES.contains(status)) {
                throw new InvalidSpec(
                        "invalid filter 'status="
                                + status
                                + "': there are created, running, paused, restarting and exited");
            }
        }
        for (String health : parsed.values("health")) {
            if (!HEALTH.contains(health)) {
                throw new InvalidSpec(
                        "invalid filter 'health="
                                + health
                                + "': there are starting, healthy, unhealthy and none");
            }
        }
        return new ContainerFilter(parsed, pods);
    }

    /** {@return whether it also looks at containers that do not run} */
    public boolean wantsStopped() {
        return filters.has("status") || filters.has("exited");
    }

    @Override
    public boolean test(Container container) {
        return filters.any("id", container.id()::startsWith)
                && filters.any("name", name -> named(container.name(), name))
                && filters.any("status", container.state().word()::equals)
                && filters.any("health", health(container)::equals)
                && filters.any("ancestor", image -> madeFrom(container, image))
                && filters.any("exited", code -> exited(container.state(), code))
                && filters.any("volume", volume -> mounts(container, volume))
                && filters.any("network", container.machine().network()::equals)
                && filters.any("pod", pod -> pods.in(container, pod))
                && filters.labels(container.labels());
    }

    /** A part of the name; {@code ^} and {@code $} stand for its ends, as in docker's patterns. */
    static boolean named(String name, String pattern) {
        boolean fromStart = pattern.startsWith("^");
        boolean toEnd = pattern.endsWith("$");
        String part = pattern.substring(fromStart ? 1 : 0, pattern.length() - (toEnd ? 1 : 0));
        part = part.startsWith("/") ? part.substring(1) : part;
        if (fromStart && toEnd) {
            return name.equals(part);
        }
        return fromStart
                ? name.startsWith(part)
                : toEnd ? name.endsWith(part) : name.contains(part);
    }

    private static boolean madeFrom(Container container, String image) {
        String hex = image.startsWith("sha256:") ? image : "sha256:" + image;
        return container.imageId().startsWith(hex)
                || ImageName.parse(container.image())
                        .withDefaultTag()
                        .equals(ImageName.parse(image).withDefaultTag());
    }

    private static String health(Container container) {
        return container.health().map(h -> h.status().toString()).orElse("none");
    }

    private static boolean exited(ContainerState state, String code) {
        return state instanceof ContainerState.Exited exited
                && Integer.toString(exited.status().exitCode()).equals(code);
    }

    private static boolean mounts(Container container, String volume) {
        return container.mounts().stream()
                .anyMatch(m -> m.name().equals(volume) || m.target().equals(volume));
    }
}
