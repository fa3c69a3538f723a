// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.event;

/**
 * How much is kept of what happened.
 *
 * @param events number of events in memory
 * @param bytes size of these events as lines, and of one of the two files on disk
 */
public record EventLimits(int events, int bytes) {
    /** Some hours of a busy daemon. */
    public static final EventLimits STANDARD = new EventLimits(4096, 1 << 20);
}
