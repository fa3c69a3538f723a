// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * All pods, or all containers, of the daemon, by id and by name.
 *
 * @param <T> which of both
 */
final class Index<T extends Indexed> {
    private final String kind;
    private final NavigableMap<String, T> byId = new ConcurrentSkipListMap<>();
    private final Map<String, String> names = new ConcurrentHashMap<>();

    /**
     * @param kind what they are, in the singular
     */
    Index(String kind) {
        this.kind = kind;
    }

    /**
     * @throws Conflict if the name is taken
     */
    void add(T object) {
        reserve(object, object.name());
        byId.put(object.id(), object);
    }

    /**
     * Takes a further name for an object.
     *
     * @throws Conflict if the name is taken
     */
    void reserve(T object, String name) {
        String owner = names.putIfAbsent(name, object.id());
        if (owner != null) {
            throw new Conflict(
                    "the name '"
                            + name
                            + "' is taken by "
                            + kind
                            + " "
                            + owner.substring(0, 12)
                            + ": remove it or choose another name");
        }
    }

    /** Gives one of an object's names back. */
    void release(T object, String name) {
        names.remove(name, object.id());
    }

    boolean isTaken(String name) {
        return names.containsKey(name);
    }

    /** {@return whether an id begins like this} */
    boolean isUsed(String idPrefix) {
        return withId(idPrefix).isPresent();
    }

    /** {@return what has an id that begins like this, complete or not} */
    Optional<T> withId(String prefix) {
        return Optional.ofNullable(byId.ceilingEntry(prefix))
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(Map.Entry::getValue);
    }

    void remove(T object) {
        byId.remove(object.id());
        names.remove(object.name(), object.id());
    }

    /**
     * @param name id, beginning of an id, or name
     */
    T find(String name) {
        @Nullable T found = byId.get(name);
        if (found == null && names.containsKey(name)) {
            found = byId.get(names.get(name));
        }
        if (found == null && name.matches("[0-9a-f]{1,63}")) {
            found = byBeginning(name);
        }
        if (found == null || !found.isVisible()) {
            throw new NotFound("no such " + kind + ": " + name);
        }
        return found;
    }

    private @Nullable T byBeginning(String prefix) {
        @Nullable T found = null;
        for (Map.Entry<String, T> entry : byId.tailMap(prefix).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (found != null) {
                throw new InvalidSpec(
                        "several "
                                + kind
                                + "s have an id that begins with '"
                                + prefix
                                + "': give more digits");
            }
            found = entry.getValue();
        }
        return found;
    }

    Collection<T> all() {
        return byId.values();
    }
}
