// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.Pod;
import io.hypercontainer.shell.command.option.FilterOption;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Filters of {@code pod ls}. */
public final class PodFilter implements Predicate<Pod> {
    private static final Set<String> KEYS =
            Set.of("id", "name", "status", "label", "network", "single");
    private static final Set<String> STATES = Set.of("created", "running", "paused", "stopped");

    private final FilterOption filters;

    private PodFilter(FilterOption filters) {
        this.filters = filters;
    }

    /**
     * @param filters values of {@code --filter}
     * @return the filter
     * @throws InvalidSpec if one is malformed or unknown
     */
    public static PodFilter parse(List<String> filters) {
        FilterOption parsed = FilterOption.parse(filters, KEYS);
        check(parsed, "status", STATES);
        check(parsed, "single", Set.of("true", "false"));
        return new PodFilter(parsed);
    }

    private static void check(FilterOption filters, String key, Set<String> values) {
        for (String value : filters.values(key)) {
            if (!values.contains(value)) {
                throw new InvalidSpec(
                        "invalid filter '"
                                + key
                                + "="
                                + value
                                + "': there are "
                                + String.join(", ", values.stream().sorted().toList()));
            }
        }
    }

    @Override
    public boolean test(Pod pod) {
        return filters.any("id", pod.id()::startsWith)
                && filters.any("name", name -> ContainerFilter.named(pod.name(), name))
                && filters.any("status", pod.state().word()::equals)
                && filters.any("network", pod.machine().network()::equals)
                && filters.any("single", wanted -> wanted.equals(Boolean.toString(pod.single())))
                && filters.labels(pod.labels());
    }
}
