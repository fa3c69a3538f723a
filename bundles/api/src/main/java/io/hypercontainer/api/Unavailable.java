// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/**
 * What the request needs is not there now: no driver of that name, a registry or guest that does
 * not answer, a full disk. The same request may succeed later.
 */
public final class Unavailable extends HyperException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     */
    public Unavailable(String message) {
        super(message, null);
    }

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     * @param cause the reason
     */
    public Unavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
