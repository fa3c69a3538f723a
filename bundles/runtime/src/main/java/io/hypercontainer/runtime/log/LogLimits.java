// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

/**
 * How much is kept of what a container prints.
 *
 * @param fileBytes size at which a file is full
 * @param files number of files, at least 1
 */
public record LogLimits(long fileBytes, int files) {
    /** One rotation for each line is not worth it. */
    private static final long SMALLEST = 4096;

    /** Corrects what makes no sense. */
    public LogLimits {
        fileBytes = Math.max(fileBytes, SMALLEST);
        files = Math.max(files, 1);
    }
}
