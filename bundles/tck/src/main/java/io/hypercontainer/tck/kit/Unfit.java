// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

/** There is nothing that could be checked: no bundle, no driver in it, or one that cannot work. */
public final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong, for the vendor; one line or several
     */
    public Unfit(String message) {
        super(message);
    }

    Unfit(String message, Throwable cause) {
        super(message, cause);
    }
}
