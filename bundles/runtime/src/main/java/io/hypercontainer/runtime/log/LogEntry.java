// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import java.time.Instant;

/**
 * A line of a log file.
 *
 * @param time when the daemon received it
 * @param error whether it is error output
 * @param content the bytes
 * @param end how much the container had printed after it
 */
record LogEntry(Instant time, boolean error, byte[] content, LogPosition end) {
    boolean endsLine() {
        return content.length > 0 && content[content.length - 1] == '\n';
    }
}
