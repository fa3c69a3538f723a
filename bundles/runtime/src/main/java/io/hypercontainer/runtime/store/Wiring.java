// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is plugged into a machine, by numbers that are part of its devices' ids. A number is never
 * used twice in the life of a machine, so that a device which is still going cannot be taken for
 * another.
 *
 * @param next the next number
 * @param containers numbers of containers, by their ids, and of {@link #originals}
 * @param volumes numbers of volumes, by their names
 * @param shares numbers of what is shared of the host, by words for it
 * @param changing id of a container whose devices are being plugged in or out; found at a start of
 *     the daemon, they are plugged out
 */
public record Wiring(
        int next,
        Map<String, Integer> containers,
        Map<String, Integer> volumes,
        Map<String, Integer> shares,
        Optional<String> changing) {
    /**
     * What the id begins with of something that is no container: what one was at first, plugged in
     * to be compared with. No container has such an id.
     */
    public static final String ORIGINAL = "original-";

    /** Nothing is plugged in. */
    public static final Wiring NONE = new Wiring(0, Map.of(), Map.of(), Map.of(), Optional.empty());

    /** Keeps unmodifiable copies. */
    public Wiring {
        containers = Map.copyOf(containers);
        volumes = Map.copyOf(volumes);
        shares = Map.copyOf(shares);
    }

    /**
     * @param id a container's id
     * @return with a number for it
     */
    public Wiring container(String id) {
        return containers.containsKey(id)
                ? this
                : new Wiring(next + 1, and(containers, id), volumes, shares, changing);
    }

    /** {@return ids of what is plugged in to be compared with} */
    public List<String> originals() {
        return containers.keySet().stream().filter(id -> id.startsWith(ORIGINAL)).sorted().toList();
    }

    /**
     * @param name a volume's name
     * @return with a number for it
     */
    public Wiring volume(String name) {
        return volumes.containsKey(name)
                ? this
                : new Wiring(next + 1, containers, and(volumes, name), shares, changing);
    }

    /**
     * @param what a word for what is shared
     * @return with a number for it
     */
    public Wiring share(String what) {
        return shares.containsKey(what)
                ? this
                : new Wiring(next + 1, containers, volumes, and(shares, what), changing);
    }

    private Map<String, Integer> and(Map<String, Integer> numbers, String name) {
        Map<String, Integer> more = new HashMap<>(numbers);
        more.put(name, next);
        return more;
    }

    /**
     * @param id id of a container whose devices are about to change, empty when that is over
     * @return with that
     */
    public Wiring changing(Optional<String> id) {
        return new Wiring(next, containers, volumes, shares, id);
    }

    /**
     * @param container id of a container that is plugged out
     * @param goneVolumes names of volumes that are plugged out with it
     * @param goneShares what is not shared any more
     * @return without them
     */
    public Wiring without(
            String container, Collection<String> goneVolumes, Collection<String> goneShares) {
        return new Wiring(
                next,
                less(containers, List.of(container)),
                less(volumes, goneVolumes),
                less(shares, goneShares),
                Optional.empty());
    }

    private static Map<String, Integer> less(
            Map<String, Integer> numbers, Collection<String> gone) {
        Map<String, Integer> left = new HashMap<>(numbers);
        left.keySet().removeAll(gone);
        return left;
    }
}
