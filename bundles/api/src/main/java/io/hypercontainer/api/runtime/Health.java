// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Instant;
import java.util.List;

/**
 * How a container with a health check is.
 *
 * @param status what the last checks say
 * @param failingStreak failures in a row
 * @param log the last five checks, oldest first
 */
public record Health(Status status, int failingStreak, List<Check> log) {
    /** Keeps an unmodifiable copy. */
    public Health {
        log = List.copyOf(log);
    }

    /** What the checks say. */
    public enum Status {
        /** No check has succeeded yet. */
        STARTING,
        /** It is well. */
        HEALTHY,
        /** As many checks failed in a row as are allowed. */
        UNHEALTHY;

        /** {@return docker's word, {@code healthy}} */
        @Override
        public String toString() {
            return switch (this) {
                case STARTING -> "starting";
                case HEALTHY -> "healthy";
                case UNHEALTHY -> "unhealthy";
            };
        }
    }

    /**
     * A check that was made.
     *
     * @param start when it began
     * @param end when it ended
     * @param exitCode exit code of its command, -1 if it took too long or could not be made
     * @param output the beginning of what it printed, up to 4096 bytes
     */
    public record Check(Instant start, Instant end, int exitCode, String output) {}
}
