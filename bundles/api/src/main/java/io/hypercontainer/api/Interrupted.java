// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/**
 * The calling thread was interrupted while it waited, usually because the client that asked is
 * gone. Every blocking method of the API may throw it; the thread's interrupt flag is set again.
 */
public final class Interrupted extends HyperException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param what the operation that was given up
     * @param cause the interruption
     */
    public Interrupted(String what, InterruptedException cause) {
        super("interrupted: " + what, cause);
        Thread.currentThread().interrupt();
    }
}
