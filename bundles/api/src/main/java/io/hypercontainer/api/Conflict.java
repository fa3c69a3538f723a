// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/** The request contradicts the present state: a name is taken, a thing is in use or not running. */
public final class Conflict extends HyperException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     */
    public Conflict(String message) {
        super(message, null);
    }
}
