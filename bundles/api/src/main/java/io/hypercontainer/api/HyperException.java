// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

import org.jspecify.annotations.Nullable;

/**
 * Root of all errors that HyperContainer reports on purpose. Any other exception is a defect.
 *
 * <p>A message is one line for the person who asked: what failed, on what, why, and what to do. It
 * starts in lower case and has no full stop, because front ends put it behind their own prefix.
 * Errors are logged once, by the front end that answers the request.
 */
public abstract sealed class HyperException extends RuntimeException
        permits NotFound,
                Conflict,
                InvalidSpec,
                Unavailable,
                Unsupported,
                DriverFailure,
                DeadlineExceeded,
                Interrupted {

    private static final long serialVersionUID = 1L;

    HyperException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
