// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import java.util.Locale;

/** Measures the steps of a change, which may be made by one thread after the other. */
final class Timeline {
    private final StringBuilder steps = new StringBuilder(); // guarded by this
    private final long begin = System.nanoTime();
    private long last = begin; // guarded by this

    synchronized void mark(String step) {
        long now = System.nanoTime();
        steps.append(step).append(' ').append(millis(now - last)).append(", ");
        last = now;
    }

    @Override
    public synchronized String toString() {
        return steps + "all " + millis(last - begin) + " ms";
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e6);
    }
}
