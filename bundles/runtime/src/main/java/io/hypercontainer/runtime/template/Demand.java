// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How many spares of a kind are worth having: as many as were started close together a while ago.
 */
final class Demand {
    private static final Duration CLOSE = Duration.ofSeconds(10);
    static final Duration WHILE = Duration.ofMinutes(10);

    /** What was started last, and the most that came close together. */
    private static final class Starts {
        private final Deque<Instant> close = new ArrayDeque<>();
        private int peak;
        private Instant peakAt = Instant.MIN;

        void add(Instant now, int most) {
            close.addLast(now);
            while (close.size() > most || close.getFirst().isBefore(now.minus(CLOSE))) {
                close.removeFirst();
            }
            if (close.size() >= peak || isOld(peakAt, now)) {
                peak = close.size();
                peakAt = now;
            }
        }

        int wanted(Instant now) {
            if (!isOld(peakAt, now)) {
                return peak;
            }
            return isOld(close.getLast(), now) ? 0 : 1;
        }

        private static boolean isOld(Instant then, Instant now) {
            return then.isBefore(now.minus(WHILE));
        }
    }

    private final Map<SpareKind, Starts> starts = new HashMap<>();

    /**
     * @param most more than that is never wanted
     */
    synchronized void started(SpareKind kind, Instant now, int most) {
        starts.computeIfAbsent(kind, k -> new Starts()).add(now, most);
    }

    synchronized int of(SpareKind kind, Instant now) {
        Starts known = starts.get(kind);
        int wanted = known == null ? 0 : known.wanted(now);
        if (wanted == 0) {
            starts.remove(kind);
        }
        return wanted;
    }
}
