// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a user wants of a container's health check; what is empty comes from the image, then from
 * the defaults of {@link HealthCheck}.
 *
 * @param disabled no check, even if the image has one
 * @param test program and arguments
 * @param interval time between two checks
 * @param timeout time for one check
 * @param startPeriod time in which failures do not count
 * @param retries failures in a row that make it unhealthy
 */
public record HealthOptions(
        boolean disabled,
        Optional<List<String>> test,
        Optional<Duration> interval,
        Optional<Duration> timeout,
        Optional<Duration> startPeriod,
        Optional<Integer> retries) {
    /** All from the image. */
    public static final HealthOptions OF_IMAGE =
            new HealthOptions(
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    /** Keeps an unmodifiable copy. */
    public HealthOptions {
        test = test.map(List::copyOf);
    }
}
