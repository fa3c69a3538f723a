// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.time.Instant;

/**
 * How a process ended.
 *
 * @param code its exit code, 0 if a signal ended it
 * @param signal number of the signal that ended it, or 0
 * @param outOfMemory whether the guest's kernel killed it, or a process of its container, for
 *     memory
 * @param at when, by the guest's clock
 */
public record ExitStatus(int code, int signal, boolean outOfMemory, Instant at) {
    /** {@return the code as shells and docker report it: 128 + signal for a killed process} */
    public int exitCode() {
        return signal == 0 ? code : 128 + signal;
    }
}
