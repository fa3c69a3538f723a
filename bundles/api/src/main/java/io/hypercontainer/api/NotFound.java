// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/** The named thing (container, image, volume, file in a guest…) does not exist. */
public final class NotFound extends HyperException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     */
    public NotFound(String message) {
        super(message, null);
    }
}
