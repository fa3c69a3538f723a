// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/** A driver lacks a capability that the request needs; the message names driver and capability. */
public final class Unsupported extends HyperException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param driver the driver that was asked
     * @param capability what it lacks, in the words of its capability list
     */
    public Unsupported(String driver, Object capability) {
        super(driver + " does not support " + capability + ": choose another driver", null);
    }
}
