// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.runtime.store.Phase;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** All containers of the daemon, by id and by name. */
final class ContainerIndex {
    private final NavigableMap<String, ManagedContainer> byId = new ConcurrentSkipListMap<>();
    private final Map<String, String> names = new ConcurrentHashMap<>();

    /**
     * @throws Conflict if the name is taken
     */
    void add(ManagedContainer container) {
        String name = container.record().name();
        String owner = names.putIfAbsent(name, container.id());
        if (owner != null) {
            throw new Conflict(
                    "the name '"
                            + name
                            + "' is taken by container "
                            + owner.substring(0, 12)
                            + ": remove it or choose another name");
        }
        byId.put(container.id(), container);
    }

    boolean isTaken(String name) {
        return names.containsKey(name);
    }

    /** {@return whether a container's id begins like this} */
    boolean isUsed(String idPrefix) {
        String next = byId.ceilingKey(idPrefix);
        return next != null && next.startsWith(idPrefix);
    }

    void remove(ManagedContainer container) {
        byId.remove(container.id());
        names.remove(container.record().name(), container.id());
    }

    /**
     * @param name id, beginning of an id, or name
     */
    ManagedContainer find(String name) {
        ManagedContainer found = byId.get(name);
        if (found == null && names.containsKey(name)) {
            found = byId.get(names.get(name));
        }
        if (found == null && name.matches("[0-9a-f]{1,63}")) {
            found = byBeginning(name);
        }
        if (found == null || found.record().phase() instanceof Phase.Creating) {
            throw new NotFound("no such container: " + name);
        }
        return found;
    }

    private @org.jspecify.annotations.Nullable ManagedContainer byBeginning(String prefix) {
        ManagedContainer found = null;
        for (Map.Entry<String, ManagedContainer> entry : byId.tailMap(prefix).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (found != null) {
                throw new InvalidSpec(
                        "several containers have an id that begins with '"
                                + prefix
                                + "': give more digits");
            }
            found = entry.getValue();
        }
        return found;
    }

    Collection<ManagedContainer> all() {
        return byId.values();
    }
}
