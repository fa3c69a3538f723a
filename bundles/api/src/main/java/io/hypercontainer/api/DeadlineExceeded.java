// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/** The time given for the operation is over; what it changed has been undone where possible. */
public final class DeadlineExceeded extends HyperException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     */
    public DeadlineExceeded(String message) {
        super(message, null);
    }
}
