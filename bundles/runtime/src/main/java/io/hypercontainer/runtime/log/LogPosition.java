// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

/**
 * How much a container has printed in all its runs, in bytes.
 *
 * @param stdout output
 * @param stderr error output
 */
public record LogPosition(long stdout, long stderr) {
    /** Nothing. */
    public static final LogPosition START = new LogPosition(0, 0);

    LogPosition plus(boolean error, int bytes) {
        return error
                ? new LogPosition(stdout, stderr + bytes)
                : new LogPosition(stdout + bytes, stderr);
    }
}
