// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/** A driver, the guest or the host system failed at something that should have worked. */
public final class DriverFailure extends HyperException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     */
    public DriverFailure(String message) {
        super(message, null);
    }

    /**
     * Makes the error.
     *
     * @param message one line, see {@link HyperException}
     * @param cause the reason
     */
    public DriverFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
