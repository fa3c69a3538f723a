// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.shell.command.option.FilterOption;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Filters of {@code events}. */
public final class EventFilter implements Predicate<Event> {
    /** Things whose events can be asked for by id or name. */
    private static final List<String> THINGS =
            List.of("container", "pod", "volume", "network", "daemon");

    private static final Set<String> KEYS =
            Set.of(
                    "container",
                    "pod",
                    "volume",
                    "network",
                    "daemon",
                    "image",
                    "type",
                    "event",
                    "label",
                    "scope");

    /** Actions that say more behind a colon. */
    private static final Set<String> OPEN = Set.of("health_status", "exec_create", "exec_start");

    private final FilterOption filters;

    private EventFilter(FilterOption filters) {
        this.filters = filters;
    }

    /**
     * @param filters values of {@code --filter}
     * @return the filter
     * @throws InvalidSpec if one is malformed or unknown
     */
    public static EventFilter parse(List<String> filters) {
        return new EventFilter(FilterOption.parse(filters, KEYS));
    }

    @Override
    public boolean test(Event event) {
        return filters.any("type", event.type()::equals)
                && filters.any("event", action -> is(event.action(), action))
                && filters.any("image", image -> concerns(event, image))
                && filters.any("scope", "local"::equals)
                && THINGS.stream().allMatch(t -> filters.any(t, name -> named(event, name)))
                && filters.labels(event.attributes());
    }

    private static boolean is(String action, String wanted) {
        return action.equals(wanted) || (OPEN.contains(wanted) && action.startsWith(wanted + ":"));
    }

    private static boolean named(Event event, String name) {
        return event.id().startsWith(name)
                || event.attributes().getOrDefault("name", "").startsWith(name);
    }

    private static boolean concerns(Event event, String image) {
        String attribute = event.type().equals("image") ? "name" : "image";
        return Stream.of(event.id(), event.attributes().getOrDefault(attribute, ""))
                .anyMatch(name -> name.equals(image) || withoutTag(name).equals(image));
    }

    private static String withoutTag(String name) {
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }
}
