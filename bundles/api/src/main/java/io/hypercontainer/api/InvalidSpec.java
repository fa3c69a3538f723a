// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/** The request itself is wrong: a value out of range, a malformed name, a damaged archive. */
public final class InvalidSpec extends HyperException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     */
    public InvalidSpec(String message) {
        super(message, null);
    }

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     * @param cause what the parser said
     */
    public InvalidSpec(String message, Throwable cause) {
        super(message, cause);
    }
}
