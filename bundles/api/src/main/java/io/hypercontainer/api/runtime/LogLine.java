// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Instant;

/**
 * A piece of what a container printed: a line with its line feed, or part of a long or unfinished
 * line without.
 *
 * @param time when the daemon received it
 * @param error whether it is error output
 * @param content the bytes
 */
public record LogLine(Instant time, boolean error, byte[] content) {
    /** Keeps a copy. */
    public LogLine {
        content = content.clone();
    }

    /** {@return a copy of the bytes} */
    @Override
    public byte[] content() {
        return content.clone();
    }
}
