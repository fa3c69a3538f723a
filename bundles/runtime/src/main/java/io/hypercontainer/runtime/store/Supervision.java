// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.runtime.HealthCheck;
import io.hypercontainer.api.runtime.RestartPolicy;
import java.util.Optional;

/**
 * What is done about a container that ends, or is not well.
 *
 * @param policy when it is restarted
 * @param healthCheck how it is checked
 * @param restarts how often it was restarted since a user started it
 * @param stopped whether a user made it end, or is about to
 */
public record Supervision(
        RestartPolicy policy, Optional<HealthCheck> healthCheck, int restarts, boolean stopped) {
    /** Nothing. */
    public static final Supervision NONE =
            new Supervision(RestartPolicy.NO, Optional.empty(), 0, false);

    /**
     * @param other when it is restarted
     * @return with that
     */
    public Supervision with(RestartPolicy other) {
        return new Supervision(other, healthCheck, restarts, stopped);
    }

    /** {@return for a container that a user starts} */
    public Supervision begun() {
        return new Supervision(policy, healthCheck, 0, false);
    }

    /** {@return for a container that a user ends} */
    public Supervision ended() {
        return new Supervision(policy, healthCheck, restarts, true);
    }

    /** {@return for a container that is restarted once more} */
    public Supervision restarted() {
        return new Supervision(policy, healthCheck, restarts + 1, stopped);
    }
}
