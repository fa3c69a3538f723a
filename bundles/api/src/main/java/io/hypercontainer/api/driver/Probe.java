// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.driver;

import java.util.List;
import java.util.Map;

/**
 * A driver's look at its host.
 *
 * @param usable whether it can work here now
 * @param reasons when not usable: each thing that is missing and what to do about it, one line
 *     each; when usable: what a user should know (limits, fallbacks)
 * @param facts what it found (versions, paths), in the order in which to show it
 */
public record Probe(boolean usable, List<String> reasons, Map<String, String> facts) {
    /** Keeps unmodifiable copies. */
    public Probe {
        reasons = List.copyOf(reasons);
        facts = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(facts));
    }

    /**
     * A driver that can work.
     *
     * @param facts what was found
     * @return a probe of a driver that can work
     */
    public static Probe usable(Map<String, String> facts) {
        return new Probe(true, List.of(), facts);
    }

    /**
     * A driver that cannot work here.
     *
     * @param reasons what is missing and what to do, one line each
     * @return a probe of a driver that cannot work here
     */
    public static Probe unusable(String... reasons) {
        return new Probe(false, List.of(reasons), Map.of());
    }
}
