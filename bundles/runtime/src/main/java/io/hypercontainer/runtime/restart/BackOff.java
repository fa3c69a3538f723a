// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.restart;

import java.time.Duration;

/** How long to wait before a restart: twice as long each time, from the start after a good run. */
public final class BackOff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** A container that ran for so long was well. */
    private static final Duration GOOD_RUN = Duration.ofSeconds(10);

    private BackOff() {}

    /**
     * @param last how long the last restart waited, zero if there was none
     * @param ran how long the container ran
     * @return how long the next restart waits
     */
    public static Duration next(Duration last, Duration ran) {
        if (last.isZero() || ran.compareTo(GOOD_RUN) >= 0) {
            return FIRST;
        }
        Duration doubled = last.multipliedBy(2);
        return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    }
}
