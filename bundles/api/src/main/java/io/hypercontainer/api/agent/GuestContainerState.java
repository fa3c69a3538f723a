// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.util.List;

/**
 * A container that a guest has.
 *
 * @param id its id
 * @param processes ids of its processes that run or whose end has not been acknowledged
 */
public record GuestContainerState(String id, List<String> processes) {
    /** Keeps an unmodifiable copy. */
    public GuestContainerState {
        processes = List.copyOf(processes);
    }
}
