// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.time.Duration;
import java.util.Set;

/**
 * What an agent says of itself.
 *
 * @param protocol protocol and version, {@code hyper/1}
 * @param agent version of the agent
 * @param kernel release of the guest's kernel
 * @param uptime how long the guest had been up when it said hello
 * @param features what it can do beyond the protocol's minimum
 */
public record GuestInfo(
        String protocol, String agent, String kernel, Duration uptime, Set<String> features) {
    /** Keeps an unmodifiable copy. */
    public GuestInfo {
        features = Set.copyOf(features);
    }
}
