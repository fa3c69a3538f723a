// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.InvalidSpec;

/**
 * What happens when a container's process has ended by itself. A restart waits, twice as long each
 * time; a container that ran for ten seconds begins anew.
 *
 * @param kind when it is restarted
 * @param retries with {@link Kind#ON_FAILURE}, how often in a row; 0 for no end
 */
public record RestartPolicy(Kind kind, int retries) {
    /** Never. */
    public static final RestartPolicy NO = new RestartPolicy(Kind.NO, 0);

    /** When a container is restarted. */
    public enum Kind {
        /** Never. */
        NO,
        /** When it ended with an exit code other than 0. */
        ON_FAILURE,
        /** Always, and when the daemon or the host starts. */
        ALWAYS,
        /** Always, and when the daemon or the host starts unless a user had stopped it. */
        UNLESS_STOPPED;

        /** {@return docker's word, {@code on-failure}} */
        @Override
        public String toString() {
            return switch (this) {
                case NO -> "no";
                case ON_FAILURE -> "on-failure";
                case ALWAYS -> "always";
                case UNLESS_STOPPED -> "unless-stopped";
            };
        }
    }

    /** Refuses numbers that mean nothing. */
    public RestartPolicy {
        if (retries < 0 || (retries > 0 && kind != Kind.ON_FAILURE)) {
            throw new InvalidSpec(
                    "restart policy '" + kind + "' cannot have " + retries + " retries");
        }
    }

    /** {@return as users write it: {@code on-failure:3}} */
    @Override
    public String toString() {
        return retries > 0 ? kind + ":" + retries : kind.toString();
    }
}
