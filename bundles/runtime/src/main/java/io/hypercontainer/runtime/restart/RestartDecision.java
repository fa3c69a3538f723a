// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.restart;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.runtime.RestartPolicy;

/** Whether a container is started again, as docker decides it. */
public final class RestartDecision {
    private RestartDecision() {}

    /**
     * Decides when a container's process has ended.
     *
     * @param policy what its user wants
     * @param status how it ended
     * @param restarts how often it was restarted since a user started it
     * @param stopped whether a user made it end
     * @return whether it is started again
     */
    public static boolean afterEnd(
            RestartPolicy policy, ExitStatus status, int restarts, boolean stopped) {
        return !stopped
                && switch (policy.kind()) {
                    case NO -> false;
                    case ALWAYS, UNLESS_STOPPED -> true;
                    case ON_FAILURE ->
                            status.exitCode() != 0
                                    && (policy.retries() == 0 || restarts < policy.retries());
                };
    }

    /**
     * Decides when the daemon starts and finds a container that had ended before. One that had been
     * running is another case: its end is only found late.
     *
     * @param policy what its user wants
     * @param stopped whether a user made it end
     * @return whether it is started again
     */
    public static boolean atDaemonStart(RestartPolicy policy, boolean stopped) {
        return switch (policy.kind()) {
            case NO, ON_FAILURE -> false;
            case ALWAYS -> true;
            case UNLESS_STOPPED -> !stopped;
        };
    }
}
