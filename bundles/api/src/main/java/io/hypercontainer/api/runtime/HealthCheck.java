// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Duration;
import java.util.List;

/**
 * How to see whether a container is well: a command that is executed in it again and again.
 *
 * @param test program and arguments; exit code 0 is well
 * @param interval time between the end of a check and the next
 * @param timeout time for one check, then it is killed and has failed
 * @param startPeriod time after the start in which failures do not count
 * @param retries failures in a row that make it unhealthy, at least 1
 */
public record HealthCheck(
        List<String> test, Duration interval, Duration timeout, Duration startPeriod, int retries) {
    /** Docker's interval. */
    public static final Duration INTERVAL = Duration.ofSeconds(30);

    /** Docker's time-out. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Docker's number of retries. */
    public static final int RETRIES = 3;

    /** Keeps an unmodifiable copy. */
    public HealthCheck {
        test = List.copyOf(test);
    }
}
